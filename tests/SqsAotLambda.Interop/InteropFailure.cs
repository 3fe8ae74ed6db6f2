namespace SqsAotLambda.Interop;

/// <summary>Why something could not be tried, as a sentence for the user.</summary>
internal sealed class InteropFailure(string message, Exception? inner = null) : Exception(message, inner);
