using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SqsAotLambda.Local.Queue;

/// <summary>Unsigned SQS calls to a local server.</summary>
/// <remarks>Calls go to the endpoint's root and name the queue in the body only: a local server's queue URLs need not resolve.</remarks>
internal sealed class SqsClient(HttpClient http, Uri endpoint, TimeProvider time)
{
    /// <summary>SQS's own limit on entries in a batch call and messages in a receive.</summary>
    public const int BatchLimit = 10;

    private const int DeleteAttempts = 3;
    private static readonly TimeSpan DeletePause = TimeSpan.FromMilliseconds(200);

    private static readonly MediaTypeHeaderValue ContentType = new("application/x-amz-json-1.0");
    private static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public async Task<string> CreateQueueAsync(string name, Dictionary<string, string> attributes, CancellationToken stop) =>
        (await CallAsync<QueueCreated>("CreateQueue", new { QueueName = name, Attributes = attributes }, stop)).QueueUrl;

    public Task DeleteQueueAsync(string queue, CancellationToken stop) =>
        CallAsync<JsonElement?>("DeleteQueue", new { QueueUrl = queue }, stop);

    public async Task<Dictionary<string, string>> GetAttributesAsync(string queue, CancellationToken stop)
    {
        var request = new { QueueUrl = queue, AttributeNames = new[] { "All" } };
        return (await CallAsync<QueueAttributes>("GetQueueAttributes", request, stop)).Attributes;
    }

    public async Task<Depth> GetDepthAsync(string queue, CancellationToken stop)
    {
        var attributes = await GetAttributesAsync(queue, stop);
        return new Depth(Count(""), Count("NotVisible"), Count("Delayed"));

        int Count(string state) => int.Parse(attributes[$"ApproximateNumberOfMessages{state}"], CultureInfo.InvariantCulture);
    }

    /// <param name="visibility">null for the queue's own.</param>
    public async Task<IReadOnlyList<SqsMessage>> ReceiveAsync(
        string queue, int max, TimeSpan wait, CancellationToken stop, TimeSpan? visibility = null)
    {
        var request = new
        {
            QueueUrl = queue,
            MaxNumberOfMessages = Math.Min(max, BatchLimit),
            WaitTimeSeconds = (int)wait.TotalSeconds,
            VisibilityTimeout = (int?)visibility?.TotalSeconds,
            MessageAttributeNames = new[] { "All" },
            // Servers know one name or the other: AttributeNames is the older one.
            AttributeNames = new[] { "All" },
            MessageSystemAttributeNames = new[] { "All" },
        };
        return (await CallAsync<Received>("ReceiveMessage", request, stop)).Messages ?? [];
    }

    public async Task SendAsync(string queue, IReadOnlyList<SendEntry> entries, CancellationToken stop)
    {
        var outcome = await CallAsync<BatchOutcome>("SendMessageBatch", new { QueueUrl = queue, Entries = entries }, stop);
        if (outcome.Failed is [var first, ..]) throw new LocalFailure($"The queue refused a sample message: {first.Code}: {first.Message}");
        if (outcome.Successful?.Count != entries.Count) throw new LocalFailure("The queue did not confirm every sample message.");
    }

    /// <summary>Deletes the messages, ten in a call.</summary>
    /// <returns>How many were not confirmed: each comes back, and is a duplicate then.</returns>
    public async Task<int> DeleteAsync(string queue, IEnumerable<SqsMessage> messages, CancellationToken stop)
    {
        var unconfirmed = 0;
        foreach (var chunk in messages.Chunk(BatchLimit))
        {
            var entries = chunk.Select((message, index) => new DeleteEntry($"{index}", message.ReceiptHandle)).ToArray();
            var outcome = await DeleteChunkAsync(queue, entries, stop);
            unconfirmed += entries.Length - (outcome?.Successful?.Count ?? 0);
        }
        return unconfirmed;
    }

    /// <returns>null when the server kept failing.</returns>
    private async Task<BatchOutcome?> DeleteChunkAsync(string queue, DeleteEntry[] entries, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= DeleteAttempts; attempt++)
        {
            using var answer = await PostAsync("DeleteMessageBatch", new { QueueUrl = queue, Entries = entries }, stop);
            if ((int)answer.StatusCode < 500) return await ReadAsync<BatchOutcome>("DeleteMessageBatch", answer, stop);

            await Task.Delay(DeletePause * attempt, time, stop);
        }
        return null;
    }

    private async Task<T> CallAsync<T>(string action, object request, CancellationToken stop)
    {
        using var answer = await PostAsync(action, request, stop);
        return await ReadAsync<T>(action, answer, stop);
    }

    private async Task<HttpResponseMessage> PostAsync(string action, object request, CancellationToken stop)
    {
        using var post = new HttpRequestMessage(HttpMethod.Post, endpoint);
        post.Headers.Add("X-Amz-Target", $"AmazonSQS.{action}");
        post.Content = JsonContent.Create(request, request.GetType(), ContentType, Json);
        // Some servers refuse a request without Content-Length.
        await post.Content.LoadIntoBufferAsync(stop);
        try
        {
            return await http.SendAsync(post, stop);
        }
        // A cancellation that nobody asked for is the client's own time limit.
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            throw new LocalFailure($"The queue at {endpoint} does not answer {action}: {failure.Message}", failure);
        }
    }

    private async Task<T> ReadAsync<T>(string action, HttpResponseMessage answer, CancellationToken stop)
    {
        var body = await answer.Content.ReadAsByteArrayAsync(stop);
        try
        {
            // DeleteQueue may answer nothing at all.
            if (answer.IsSuccessStatusCode) return JsonSerializer.Deserialize<T>(body.Length == 0 ? "null"u8 : body, Json)!;

            var error = JsonSerializer.Deserialize<SqsError>(body, JsonSerializerOptions.Web);
            throw new LocalFailure($"The queue at {endpoint} refused {action}: {error?.Type?.Split('#')[^1]}: {error?.Message}");
        }
        catch (JsonException failure)
        {
            throw new LocalFailure($"The queue at {endpoint} answered {action} with {(int)answer.StatusCode} and no JSON.", failure);
        }
    }

    private sealed record QueueCreated(string QueueUrl);

    private sealed record QueueAttributes(Dictionary<string, string> Attributes);

    private sealed record Received(IReadOnlyList<SqsMessage>? Messages);

    private sealed record SqsError([property: JsonPropertyName("__type")] string? Type, string? Message);
}
