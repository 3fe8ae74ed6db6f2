using System.Globalization;
using System.Text;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>An SQS event, and what its messages come to at the endpoint.</summary>
internal sealed class Event
{
    /// <summary>What Lambda takes at most, and SQS fills at most.</summary>
    /// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html</remarks>
    private const int MaxBytes = 6 * 1024 * 1024;

    private Event(int messages, int bodyBytes, byte[] json)
    {
        if (json.Length > MaxBytes) throw new ArgumentOutOfRangeException(nameof(messages), messages, $"The event has {json.Length} bytes.");

        Messages = messages;
        BodyBytes = bodyBytes;
        Json = json;
    }

    public int Messages { get; }

    /// <summary>Of each body, as it is posted.</summary>
    public int BodyBytes { get; }

    public byte[] Json { get; }

    /// <param name="bodyBytes">At least 20.</param>
    public static Event Of(int messages, int bodyBytes)
    {
        var body = Body(bodyBytes).Replace("\"", "\\\"", StringComparison.Ordinal);
        var records = Enumerable.Range(0, messages).Select(number => Record(number, body));
        return new(messages, bodyBytes, Encoding.UTF8.GetBytes($$"""{"Records":[{{string.Join(',', records)}}]}"""));
    }

    private static string Body(int bytes)
    {
        const string start = "{\"order\":\"", end = "\"}";
        return start + new string('x', bytes - start.Length - end.Length) + end;
    }

    /// <remarks>The receipt handle is shorter than SQS's, so that 10,000 messages of 200 bytes fit into an event.</remarks>
    private static string Record(int number, string body) =>
        "{\"messageId\":\"059f36b4-87a3-44ab-83d2-" + number.ToString("x12", CultureInfo.InvariantCulture) + "\"," +
        "\"receiptHandle\":\"AQEB\"," +
        "\"body\":\"" + body + "\"," +
        "\"attributes\":{\"ApproximateReceiveCount\":\"1\",\"SentTimestamp\":\"1545082649183\"," +
        "\"SenderId\":\"123456789012\",\"ApproximateFirstReceiveTimestamp\":\"1545082649185\"}," +
        "\"messageAttributes\":{},\"md5OfBody\":\"e4e68fb7bd0e697a0ae8f1bb342846b3\"," +
        "\"eventSource\":\"aws:sqs\",\"eventSourceARN\":\"arn:aws:sqs:us-east-2:123456789012:orders\",\"awsRegion\":\"us-east-2\"}";
}
