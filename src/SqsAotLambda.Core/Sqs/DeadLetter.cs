using System.Text;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>What a copy in the dead-letter queue carries besides the message: one attribute with the reason, as ASCII JSON.</summary>
internal static class DeadLetter
{
    public const string AttributeName = "ForwardFailure";

    /// <summary>SQS's own limits: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html.</summary>
    private const int MaxAttributes = 10, MaxBytes = 1024 * 1024;

    /// <summary>In characters, of a failure and of the id in it: none of ours is longer.</summary>
    private const int MaxFailure = 64 * 1024, MaxId = 1024;

    /// <summary>The attributes of the copy: the message's own and the reason, left out where SQS would refuse the copy for it.</summary>
    public static List<MessageAttribute> AttributesOf(Message message, string failure)
    {
        List<MessageAttribute> attributes = [.. message.Attributes.Where(attribute => attribute.Name != AttributeName)];
        var reason = new MessageAttribute(AttributeName, "String", failure);
        if (attributes.Count < MaxAttributes && Fits(message, attributes.Append(reason))) attributes.Add(reason);
        return attributes;
    }

    /// <summary>Whether SQS takes a copy of this size.</summary>
    public static bool Fits(Message message, IEnumerable<MessageAttribute> attributes) => message.Body.Length + SizeOf(attributes) <= MaxBytes;

    /// <summary>In bytes, as SQS counts them.</summary>
    public static int SizeOf(IEnumerable<MessageAttribute> attributes) => attributes.Sum(SizeOf);

    /// <summary>What the message's <c>ForwardFailure</c> says of its first life; null when it has none, or none that could be ours.</summary>
    public static FirstLife? FirstLifeOf(Message message)
    {
        if (message.Attribute(AttributeName) is not { } failure) return null;
        if (failure.Length > MaxFailure) return null;

        var json = JsonText.Parse(Encoding.UTF8.GetBytes(failure));
        var id = JsonText.Member(json, "messageId");
        return string.IsNullOrWhiteSpace(id) || id.Length > MaxId ? null : new(id, JsonText.Member(json, "hmac"));
    }

    /// <summary>As SQS counts it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html.</summary>
    private static int SizeOf(MessageAttribute attribute) =>
        Encoding.UTF8.GetByteCount(attribute.Name) + Encoding.UTF8.GetByteCount(attribute.Type)
        + (attribute.Text is { } text ? Encoding.UTF8.GetByteCount(text) : (attribute.Base64!.Length / 4 * 3) - attribute.Base64.AsSpan().Count('='));
}

/// <summary>The first life of a message that was redriven. Whoever may send to the queue can write it: the HMAC shows that it is ours.</summary>
/// <param name="MessageId">Not empty.</param>
/// <param name="Hmac">Null: it has none.</param>
internal sealed record FirstLife(string MessageId, string? Hmac);
