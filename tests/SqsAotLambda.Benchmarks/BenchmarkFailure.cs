namespace SqsAotLambda.Benchmarks;

/// <summary>Why something could not be measured, as a sentence for the user.</summary>
internal sealed class BenchmarkFailure(string message, Exception? inner = null) : Exception(message, inner);
