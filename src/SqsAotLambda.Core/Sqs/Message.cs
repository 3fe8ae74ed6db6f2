using SqsAotLambda.Http;

namespace SqsAotLambda.Sqs;

/// <summary>One message of a queue, as an event carries it.</summary>
internal sealed record Message
{
    /// <summary>A defect. An empty body is one, and is delivered.</summary>
    public const string NoBody = "there is no body";

    private FoundValues? found;

    /// <summary>Its place in the batch, from 0.</summary>
    public required int Position { get; init; }

    public required string Id { get; init; }

    public required Queue Queue { get; init; }

    /// <summary>
    /// What SQS knows this receive of the message by, as UTF-8; empty when the event does not say. Holds as long as the event's bytes.
    /// </summary>
    public ReadOnlyMemory<byte> ReceiptHandle { get; init; }

    /// <summary>UTF-8, as the sender gave it. Holds as long as the event's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Why the message can't be delivered as it is; null when it can.</summary>
    public string? Defect { get; init; }

    /// <summary>How often SQS gave the message out, this time included; null when the event does not say.</summary>
    public int? ReceiveCount { get; init; }

    public DateTimeOffset? FirstReceivedAt { get; init; }

    /// <summary>When the queue took it; null when the event does not say.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Null on a standard queue whose sender set none.</summary>
    public string? GroupId { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>The sender's X-Ray header (system attribute <c>AWSTraceHeader</c>); null when it sent none.</summary>
    public string? TraceHeader { get; init; }

    /// <summary>The X-Ray header of the invocation that brought the message; null when it has none.</summary>
    public string? InvocationTraceHeader { get; init; }

    /// <summary>In the event's order.</summary>
    public IReadOnlyList<MessageAttribute> Attributes { get; init; } = [];

    /// <summary>The first id, once it was held against the HMAC; null: it was not, which without a key is never done.</summary>
    public string? VerifiedId { get; init; }

    /// <summary>The id the message had when it first came: one that was dead-lettered by us and redriven carries it.</summary>
    public string FirstId => VerifiedId ?? DeadLetter.FirstLifeOf(this)?.MessageId ?? Id;

    /// <summary>Whether the deadline of its batch has passed, which ends searches in its body; null: it has none.</summary>
    public Func<bool>? IsOver { get; set; }

    /// <summary>
    /// The JSON value of the body that is pointed at, byte for byte; empty where there is none. Each is looked for once, as a rule.
    /// </summary>
    /// <exception cref="OutOfTimeException">The deadline has passed, and the body is long.</exception>
    public ReadOnlyMemory<byte> ValueAt(JsonPointer pointer)
    {
        if (found is null || !found.AreOf(Body)) found = new(Body);
        return found.At(pointer, IsOver);
    }

    /// <summary>Lets go of what was found in the body: the message is done with, and its batch may be large.</summary>
    public void ForgetValues() => found = null;

    /// <summary>The text of an attribute; null when the message has none of that name, or one of binary type.</summary>
    public string? Attribute(string name)
    {
        for (var index = 0; index < Attributes.Count; index++)
        {
            if (Attributes[index].Name == name) return Attributes[index].Text;
        }

        return null;
    }
}

/// <summary>A message attribute.</summary>
/// <param name="Type">String, Number or Binary, perhaps with a suffix as in <c>Number.int</c>.</param>
/// <param name="Text">The value of a String or Number; null for a Binary.</param>
/// <param name="Base64">The value of a Binary; null for the others.</param>
internal sealed record MessageAttribute(string Name, string Type, string? Text, string? Base64 = null)
{
    /// <summary>Null when the parts make no attribute that SQS knows.</summary>
    public static MessageAttribute? Of(string name, string? type, string? text, string? base64)
    {
        if (type is null) return null;
        if (text is not null && (IsOf(type, "String") || IsOf(type, "Number"))) return new(name, type, text);

        return base64 is not null && IsOf(type, "Binary") ? new(name, type, null, base64) : null;
    }

    private static bool IsOf(string type, string logical) =>
        type.StartsWith(logical, StringComparison.Ordinal) && (type.Length == logical.Length || type[logical.Length] == '.');
}

/// <summary>
/// Knows a body that the SQS Extended Client Library put into S3, of which the message is only a pointer:
/// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-s3-messages.html"/>.
/// </summary>
internal static class ExtendedPayload
{
    public static bool IsIn(Message message) =>
        (message.Attribute("ExtendedPayloadSize") ?? message.Attribute("SQSLargePayloadSize")) is not null
        && (
            message.Body.Span.StartsWith("[\"software.amazon.payloadoffloading."u8)
            || message.Body.Span.StartsWith("[\"com.amazon.sqs.javamessaging."u8));
}
