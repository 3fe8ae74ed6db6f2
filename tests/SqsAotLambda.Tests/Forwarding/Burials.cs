using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Messages that go to the dead-letter queue of an SQS on a socket.</summary>
internal sealed class Burials : IAsyncDisposable
{
    public const string DeadLetterQueue = "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq";

    public static readonly Message Whole = Given.Message("id-1", "{\"a\":\"é\\n\"}") with
    {
        ReceiptHandle = "AQEB"u8.ToArray(),
        ReceiveCount = 3,
        TraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793",
        Attributes = [new("tenant", "String.name", "é"), new("blob", "Binary", null, "MTEwMA==")],
    };

    private readonly AwsCredentials keys = new("AKIDEXAMPLE", "secret", "TOKEN");

    public StubSqs Sqs { get; } = new();

    public ValueTask DisposeAsync() => Sqs.DisposeAsync();

    /// <summary>Whether a message whose last delivery ended like this was copied.</summary>
    public async Task<bool> BuryAsync(Message message, Delivery delivery, string queue = DeadLetterQueue, Stream? output = null)
    {
        using var function = Function(delivery, queue, output);
        return (await Given.DeliverAsync(function, message)).DeadLettered;
    }

    public Function Function(Delivery delivery, string queue, Stream? output)
    {
        var time = Given.Clock();
        var around = Given.Surroundings(time, new JsonLog(output ?? Stream.Null, LogLevel.Info, time)) with { Credentials = keys };
        return SqsAotLambda.Function.Compose(Settings(queue), around, new() { Send = (_, _, _) => new(delivery) });
    }

    public FunctionSettings Settings(string queue) => Given.Settings(
        new("https://example.com/hook"),
        ("FORWARD_DLQ_URL", queue),
        ("FORWARD_MAX_RECEIVE_COUNT", "3"),
        ("AWS_ENDPOINT_URL_SQS", Sqs.Url.ToString()));
}
