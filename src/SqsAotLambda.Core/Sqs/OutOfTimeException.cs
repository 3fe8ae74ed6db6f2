namespace SqsAotLambda.Sqs;

/// <summary>The deadline came while a message was looked through; nothing of it was sent.</summary>
internal sealed class OutOfTimeException : Exception;
