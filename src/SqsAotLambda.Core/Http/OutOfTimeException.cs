namespace SqsAotLambda.Http;

/// <summary>The deadline came before a message could be sent: while it was looked through, or while a secret or a token for it was awaited.</summary>
internal sealed class OutOfTimeException : Exception;
