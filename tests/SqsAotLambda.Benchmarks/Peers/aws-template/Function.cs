using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using Amazon.Lambda.Serialization.SystemTextJson;
using Amazon.Lambda.SQSEvents;

namespace AwsTemplate;

/// <summary>The forwarder as AWS's template for Native AOT begins it, and one HttpClient.</summary>
public static class Function
{
    private const int Concurrency = 10;

    private static readonly Uri Endpoint = new(Environment.GetEnvironmentVariable("FORWARD_URL")!);
    private static readonly HttpClient Client = new();

    private static async Task Main()
    {
        Func<SQSEvent, ILambdaContext, Task<SQSBatchResponse>> handler = HandleAsync;
        await LambdaBootstrapBuilder.Create(handler, new SourceGeneratorLambdaJsonSerializer<FunctionJson>())
            .Build()
            .RunAsync();
    }

    private static async Task<SQSBatchResponse> HandleAsync(SQSEvent batch, ILambdaContext context)
    {
        var failures = new List<SQSBatchResponse.BatchItemFailure>();
        await Parallel.ForEachAsync(batch.Records, new ParallelOptions { MaxDegreeOfParallelism = Concurrency }, async (message, _) =>
        {
            try
            {
                await ForwardAsync(message);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                context.Logger.LogError($"{message.MessageId}: {e.Message}");
                lock (failures) failures.Add(new() { ItemIdentifier = message.MessageId });
            }
        });
        return new(failures);
    }

    private static async Task ForwardAsync(SQSEvent.SQSMessage message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint);
        request.Content = new StringContent(message.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        request.Headers.Add("User-Agent", "aws-sqsd");
        request.Headers.Add("X-Aws-Sqsd-Msgid", message.MessageId);
        request.Headers.Add("X-Aws-Sqsd-Queue", message.EventSourceArn.Split(':')[^1]);
        request.Headers.Add("X-Aws-Sqsd-Receive-Count", message.Attributes["ApproximateReceiveCount"]);
        var received = long.Parse(message.Attributes["ApproximateFirstReceiveTimestamp"], CultureInfo.InvariantCulture);
        request.Headers.Add(
            "X-Aws-Sqsd-First-Received-At",
            DateTimeOffset.FromUnixTimeMilliseconds(received).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));

        using var response = await Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}

[JsonSerializable(typeof(SQSEvent))]
[JsonSerializable(typeof(SQSBatchResponse))]
public sealed partial class FunctionJson : JsonSerializerContext;
