namespace SqsAotLambda.Http;

/// <summary>The peer sent something that is not an HTTP/1.1 response, or one over a limit.</summary>
internal sealed class HttpFormatException(string message) : Exception(message);
