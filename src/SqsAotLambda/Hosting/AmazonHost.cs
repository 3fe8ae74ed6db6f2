using System.Text;
using System.Text.Json.Serialization;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using Amazon.Lambda.RuntimeSupport.Bootstrap;
using Amazon.Lambda.Serialization.SystemTextJson;
using Amazon.Lambda.SQSEvents;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Hosting;

/// <summary>
/// Lambda by AWS's own packages: Amazon.Lambda.RuntimeSupport, SQSEvents and Serialization.SystemTextJson. Their client waits on threads of .NET's;
/// a batch is delivered on the loop, which runs inside the handler until that is done.
/// </summary>
internal sealed class AmazonHost(string runtimeApi, Loop loop)
{
    private readonly LambdaBootstrapOptions options = new() { RuntimeApiEndpoint = runtimeApi };

    private readonly SourceGeneratorLambdaJsonSerializer<AmazonJson> serializer = new();

    /// <summary>Ends with an exception of the package's, or not at all.</summary>
    public void Run(DeliverBatch deliver, TimeSpan margin, JsonLog log)
    {
        using var bootstrap = new LambdaBootstrap(HandlerWrapper.GetHandlerWrapper<SQSEvent, SQSBatchResponse>(HandleAsync, serializer), options);
        bootstrap.RunAsync().GetAwaiter().GetResult();

        Task<SQSBatchResponse> HandleAsync(SQSEvent sqsEvent, ILambdaContext context)
        {
            try
            {
                // By the clock by which the package reckons what remains.
                var end = TimeProvider.System.GetUtcNow() + context.RemainingTime;
                var batch = new Batch(context.AwsRequestId, end - margin, end, Messages(sqsEvent, context.TraceId));
                var failed = loop.Run(() => deliver(batch));
                return Task.FromResult<SQSBatchResponse>(
                    new([.. failed.Select(message => new SQSBatchResponse.BatchItemFailure { ItemIdentifier = message.Id })]));
            }
            catch (Exception e)
            {
                log.InvocationFailed(context.AwsRequestId, e);
                throw;
            }
        }
    }

    /// <summary>Tells Lambda why the function can't start: the package reports what an initializer throws.</summary>
    public void FailInit(Exception exception)
    {
        using var bootstrap = new LambdaBootstrap(_ => throw exception, options, () => throw exception);
        ((Task)bootstrap.RunAsync()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
    }

    private static List<Message> Messages(SQSEvent? sqsEvent, string? trace)
    {
        if (sqsEvent?.Records is null) throw InvalidEventException.NotSqs("it has no array named Records");

        return [.. sqsEvent.Records.Select((message, position) => ToMessage(message, position, trace))];
    }

    private static Message ToMessage(SQSEvent.SQSMessage? message, int position, string? trace)
    {
        if (message is null) throw InvalidEventException.NotSqs($"Records[{position}] is not an object");
        if (message.EventSource is not (null or "aws:sqs"))
            throw InvalidEventException.NotSqs($"Records[{position}] has another eventSource than aws:sqs");
        if (string.IsNullOrEmpty(message.MessageId)) throw InvalidEventException.NotSqs($"Records[{position}] has no messageId");

        var attributes = message.Attributes ?? [];
        return new()
        {
            Position = position,
            Id = message.MessageId,
            ReceiptHandle = Encoding.UTF8.GetBytes(message.ReceiptHandle ?? ""),
            Queue = new(message.EventSourceArn ?? ""),
            Body = Encoding.UTF8.GetBytes(message.Body ?? ""),
            Defect = message.Body is null ? Message.NoBody : null,
            ReceiveCount = SystemAttributeText.Count(attributes.GetValueOrDefault("ApproximateReceiveCount")),
            FirstReceivedAt = SystemAttributeText.Time(attributes.GetValueOrDefault("ApproximateFirstReceiveTimestamp")),
            SentAt = SystemAttributeText.Time(attributes.GetValueOrDefault("SentTimestamp")),
            GroupId = attributes.GetValueOrDefault("MessageGroupId"),
            DeduplicationId = attributes.GetValueOrDefault("MessageDeduplicationId"),
            TraceHeader = attributes.GetValueOrDefault("AWSTraceHeader"),
            InvocationTraceHeader = trace,
            Attributes = [.. (message.MessageAttributes ?? []).Select(ToAttribute).OfType<MessageAttribute>()],
        };
    }

    private static MessageAttribute? ToAttribute(KeyValuePair<string, SQSEvent.MessageAttribute> attribute) => MessageAttribute.Of(
        attribute.Key,
        attribute.Value?.DataType,
        attribute.Value?.StringValue,
        attribute.Value?.BinaryValue is { } binary ? Convert.ToBase64String(binary.ToArray()) : null);
}

[JsonSerializable(typeof(SQSEvent))]
[JsonSerializable(typeof(SQSBatchResponse))]
internal sealed partial class AmazonJson : JsonSerializerContext;
