using Amazon.SQS.Model;

namespace SqsAotLambda.Local;

/// <summary>What is known of one message.</summary>
/// <param name="sample">As which it was sent; null where other clients send.</param>
internal sealed class Account(Message message, Sample? sample)
{
    public string Body => message.Body;
    public Sample? Sample => sample;
    public int Arrivals { get; set; }
    public int Acceptances { get; set; }
    public int DeadLetters { get; set; }
    public int HandedOutAgain { get; set; }
    public string? LastAnswer { get; set; }

    /// <summary>Of its first dead letter.</summary>
    public string? Reason { get; set; }

    /// <summary>What the endpoint does with it by itself; what happens once happens at its first arrival.</summary>
    public Behaviour OwnBehaviour => (Sample?.Behaviour, Arrivals) switch
    {
        (Behaviour.Refuse, _) => Behaviour.Refuse,
        ({ } behaviour, <= 1) => behaviour,
        _ => Behaviour.Accept,
    };

    public int Repetitions => Math.Max(0, Acceptances + DeadLetters - 1);

    public bool HasAccepted(SampleRoute route) => Acceptances > 0 && Sample?.Route == route;

    public bool OnlyDeadLettered => DeadLetters > 0 && Acceptances == 0;

    /// <summary>Whether the message and its dead letter differ in the reason alone.</summary>
    public bool HasAttributesOf(Message letter) => Attributes(message).SetEquals(Attributes(letter));

    private static HashSet<(string Name, string Type, string? Text, string? Base64)> Attributes(Message of) =>
    [
        .. (of.MessageAttributes ?? [])
            .Where(attribute => attribute.Key != ForwardFailure.AttributeName)
            .Select(attribute => (attribute.Key, attribute.Value.DataType, attribute.Value.StringValue, Base64(attribute.Value))),
    ];

    private static string? Base64(MessageAttributeValue value) =>
        value.BinaryValue is { } bytes ? Convert.ToBase64String(bytes.ToArray()) : null;
}
