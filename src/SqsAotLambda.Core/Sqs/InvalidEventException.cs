namespace SqsAotLambda.Sqs;

/// <summary>The event is not one of SQS; nothing of it was delivered.</summary>
internal sealed class InvalidEventException(string message) : Exception(message)
{
    public static InvalidEventException NotSqs(string why) => new($"The event is not an SQS event: {why}.");
}
