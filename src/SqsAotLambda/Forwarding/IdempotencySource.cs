using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Where the idempotency key of a message comes from.</summary>
internal sealed class IdempotencySource(Func<Message, string?> find)
{
    public const string Allowed = "messageId, deduplicationId, attribute:NAME or body:/json/pointer";

    /// <summary>The key; the message id where the source has nothing, or nothing but spaces, which a header would drop.</summary>
    public string KeyOf(Message message) => find(message)?.Trim(' ') is { Length: > 0 } key ? key : message.FirstId;

    /// <summary>Null when the text is none of <see cref="Allowed"/>.</summary>
    public static IdempotencySource? TryParse(string text)
    {
        const string Attribute = "attribute:", Body = "body:";
        if (text == "messageId") return new(message => message.FirstId);
        if (text == "deduplicationId") return new(message => message.DeduplicationId);
        if (text.StartsWith(Attribute, StringComparison.Ordinal) && text[Attribute.Length..] is { Length: > 0 } name)
            return new(message => message.Attribute(name));
        if (text.StartsWith(Body, StringComparison.Ordinal) && JsonPointer.TryParse(text[Body.Length..]) is { } pointer)
            return new(message => pointer.ReadText(message.Body.Span));

        return null;
    }
}
