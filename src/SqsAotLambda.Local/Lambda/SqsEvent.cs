using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.SQS.Model;

namespace SqsAotLambda.Local.Lambda;

/// <summary>The event that Lambda makes of a batch: field names and order as in its documentation.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html</remarks>
internal static class SqsEvent
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>One element of <c>Records</c>, as UTF-8 JSON.</summary>
    public static byte[] Record(Message message, string queueArn) => JsonSerializer.SerializeToUtf8Bytes(
        new EventRecord(
            message.MessageId,
            message.ReceiptHandle,
            message.Body,
            message.Attributes ?? [],
            (message.MessageAttributes ?? []).ToDictionary(
                attribute => attribute.Key,
                attribute => Attribute(attribute.Value)),
            message.MD5OfMessageAttributes,
            message.MD5OfBody,
            "aws:sqs",
            queueArn,
            queueArn.Split(':')[3]),
        Json);

    public static byte[] Of(IReadOnlyList<byte[]> records)
    {
        using var joined = new MemoryStream();
        joined.Write("{\"Records\":["u8);
        for (var index = 0; index < records.Count; index++)
        {
            if (index > 0) joined.Write(","u8);
            joined.Write(records[index]);
        }
        joined.Write("]}"u8);
        return joined.ToArray();
    }

    private static EventAttribute Attribute(MessageAttributeValue attribute) =>
        new(attribute.StringValue, attribute.BinaryValue?.ToArray(), [], [], attribute.DataType);

    private sealed record EventRecord(
        string MessageId,
        string ReceiptHandle,
        string Body,
        IReadOnlyDictionary<string, string> Attributes,
        IReadOnlyDictionary<string, EventAttribute> MessageAttributes,
        string? Md5OfMessageAttributes,
        string? Md5OfBody,
        string EventSource,
        [property: JsonPropertyName("eventSourceARN")] string EventSourceArn,
        string AwsRegion);

    private sealed record EventAttribute(
        string? StringValue, byte[]? BinaryValue, string[] StringListValues, string[] BinaryListValues, string DataType);
}
