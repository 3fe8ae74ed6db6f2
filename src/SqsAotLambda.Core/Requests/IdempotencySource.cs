using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>Where the idempotency key of a message comes from.</summary>
internal sealed class IdempotencySource(Func<Message, string?> find, Func<Message, int, bool>? isLonger = null)
{
    public const string Allowed = "messageId, deduplicationId, attribute:NAME or body:/json/pointer";

    /// <summary>The key; the message id where the source has nothing, or nothing but spaces, which a header would drop.</summary>
    public string KeyOf(Message message) => find(message)?.Trim(' ') is { Length: > 0 } key ? key : message.FirstId;

    /// <inheritdoc cref="Expression.IsLonger"/>
    public bool IsLonger(Message message, int bytes) => isLonger is not null && isLonger(message, bytes);

    /// <summary>Null when the text is none of <see cref="Allowed"/>.</summary>
    public static IdempotencySource? TryParse(string text) => text switch
    {
        "messageId" => new(message => message.FirstId),
        "deduplicationId" => new(message => message.DeduplicationId),
        _ when text.Contains(':') && Expression.TryParse(text) is { } expression => new(expression.TextOf, expression.IsLonger),
        _ => null,
    };
}
