using System.Net;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;

namespace SqsAotLambda.Local.Queue;

/// <summary>Unsigned SQS calls to a local server.</summary>
/// <remarks>Calls go to the endpoint's root and name the queue in the body only: a local server's queue URLs need not resolve.</remarks>
internal sealed class SqsClient(Uri endpoint) : IDisposable
{
    /// <summary>SQS's own limit on entries in a batch call and messages in a receive.</summary>
    public const int BatchLimit = 10;

    private static readonly List<string> All = ["All"];

    private readonly AmazonSQSClient sqs = new(new AnonymousAWSCredentials(), new AmazonSQSConfig
    {
        ServiceURL = endpoint.AbsoluteUri,
        // Longer than the longest receive, which waits 20 s.
        Timeout = TimeSpan.FromSeconds(25),
        RetryMode = RequestRetryMode.Standard,
        MaxErrorRetry = 2,
    });

    /// <summary>Of the server.</summary>
    public Uri Address => endpoint;

    public void Dispose() => sqs.Dispose();

    public async Task<string> CreateQueueAsync(string name, Dictionary<string, string> attributes, CancellationToken stop)
    {
        var request = new CreateQueueRequest { QueueName = name, Attributes = attributes };
        return (await AnswerAsync(sqs.CreateQueueAsync(request, stop))).QueueUrl;
    }

    public Task DeleteQueueAsync(string queue, CancellationToken stop) => AnswerAsync(sqs.DeleteQueueAsync(queue, stop));

    public async Task<string> GetArnAsync(string queue, CancellationToken stop) => (await GetAttributesAsync(queue, stop)).QueueARN;

    public async Task<Depth> GetDepthAsync(string queue, CancellationToken stop)
    {
        var attributes = await GetAttributesAsync(queue, stop);
        return new Depth(
            attributes.ApproximateNumberOfMessages,
            attributes.ApproximateNumberOfMessagesNotVisible,
            attributes.ApproximateNumberOfMessagesDelayed);
    }

    /// <param name="visibility">null for the queue's own.</param>
    public async Task<IReadOnlyList<Message>> ReceiveAsync(
        string queue, int max, TimeSpan wait, CancellationToken stop, TimeSpan? visibility = null)
    {
        var request = new ReceiveMessageRequest(queue)
        {
            MaxNumberOfMessages = Math.Min(max, BatchLimit),
            WaitTimeSeconds = (int)wait.TotalSeconds,
            VisibilityTimeout = (int?)visibility?.TotalSeconds,
            MessageAttributeNames = All,
            MessageSystemAttributeNames = All,
#pragma warning disable CS0618 // Obsolete, but older servers know no other name of MessageSystemAttributeNames.
            AttributeNames = All,
#pragma warning restore CS0618
        };
        return (await AnswerAsync(sqs.ReceiveMessageAsync(request, stop))).Messages ?? [];
    }

    public async Task SendAsync(string queue, List<SendMessageBatchRequestEntry> entries, CancellationToken stop)
    {
        var outcome = await AnswerAsync(sqs.SendMessageBatchAsync(queue, entries, stop));
        if (outcome.Failed is [var first, ..]) throw new LocalFailure($"The queue refused a sample message: {first.Code}: {first.Message}");
        if (outcome.Successful?.Count != entries.Count) throw new LocalFailure("The queue did not confirm every sample message.");
    }

    /// <summary>Deletes the messages, ten in a call.</summary>
    /// <returns>How many were not confirmed: each comes back, and is a duplicate then.</returns>
    public async Task<int> DeleteAsync(string queue, IEnumerable<Message> messages, CancellationToken stop)
    {
        var unconfirmed = 0;
        foreach (var chunk in messages.Chunk(BatchLimit))
            unconfirmed += chunk.Length - await DeleteChunkAsync(queue, chunk, stop);
        return unconfirmed;
    }

    /// <returns>How many were confirmed; none when the server keeps failing.</returns>
    private async Task<int> DeleteChunkAsync(string queue, Message[] messages, CancellationToken stop)
    {
        var entries = messages.Select((message, index) => new DeleteMessageBatchRequestEntry($"{index}", message.ReceiptHandle)).ToList();
        try
        {
            return (await AnswerAsync(sqs.DeleteMessageBatchAsync(queue, entries, stop))).Successful?.Count ?? 0;
        }
        catch (LocalFailure failure) when (failure.InnerException is AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError })
        {
            return 0;
        }
    }

    private Task<GetQueueAttributesResponse> GetAttributesAsync(string queue, CancellationToken stop) =>
        AnswerAsync(sqs.GetQueueAttributesAsync(queue, All, stop));

    /// <exception cref="LocalFailure">The server refused the call, or did not answer in time.</exception>
    private async Task<T> AnswerAsync<T>(Task<T> call) where T : AmazonWebServiceResponse
    {
        try
        {
            return await call;
        }
        catch (AmazonServiceException failure) when (failure.ErrorCode is { Length: > 0 })
        {
            throw new LocalFailure($"The queue at {endpoint} refused {Action()}: {failure.ErrorCode}: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException)
        {
            throw new LocalFailure($"The queue at {endpoint} gave no valid answer to {Action()}: {failure.Message}", failure);
        }

        static string Action() => typeof(T).Name[..^"Response".Length];
    }
}
