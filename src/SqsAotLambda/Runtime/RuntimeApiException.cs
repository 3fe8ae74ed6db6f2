namespace SqsAotLambda.Runtime;

/// <summary>The Runtime API can't be used any further: the process has to end, and Lambda starts another.</summary>
internal sealed class RuntimeApiException(string message, Exception? cause = null) : Exception(message, cause);
