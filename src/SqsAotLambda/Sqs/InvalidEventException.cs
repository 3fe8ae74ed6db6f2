namespace SqsAotLambda.Sqs;

/// <summary>The event is not one of SQS; nothing of it was delivered.</summary>
internal sealed class InvalidEventException(string message) : Exception(message);
