namespace SqsAotLambda.Sqs;

/// <summary>One message of a queue, as an event carries it.</summary>
internal sealed record Message
{
    /// <summary>Its place in the batch, from 0.</summary>
    public required int Position { get; init; }

    public required string Id { get; init; }

    public required Queue Queue { get; init; }

    /// <summary>UTF-8, as the sender gave it. Holds as long as the event's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Why the message can't be delivered as it is; null when it can.</summary>
    public string? Defect { get; init; }

    /// <summary>How often SQS gave the message out, this time included; null when the event does not say.</summary>
    public int? ReceiveCount { get; init; }

    public DateTimeOffset? FirstReceivedAt { get; init; }

    /// <summary>Null on a standard queue whose sender set none.</summary>
    public string? GroupId { get; init; }

    public string? DeduplicationId { get; init; }

    /// <summary>The sender's X-Ray header (system attribute <c>AWSTraceHeader</c>); null when it sent none.</summary>
    public string? TraceHeader { get; init; }

    /// <summary>The X-Ray header of the invocation that brought the message; null when it has none.</summary>
    public string? InvocationTraceHeader { get; init; }

    /// <summary>Message attributes of type String and Number, in the event's order.</summary>
    public IReadOnlyList<MessageAttribute> Attributes { get; init; } = [];

    /// <summary>The value of a String or Number attribute; null when the message has none of that name.</summary>
    public string? Attribute(string name)
    {
        foreach (var attribute in Attributes)
        {
            if (attribute.Name == name) return attribute.Value;
        }

        return null;
    }
}

/// <summary>A message attribute that has a text form.</summary>
internal readonly record struct MessageAttribute(string Name, string Value)
{
    /// <summary>True for String and Number; a type may carry a suffix, as in <c>Number.int</c>.</summary>
    public static bool HasText(string? dataType) => dataType?.Split('.')[0] is "String" or "Number";
}
