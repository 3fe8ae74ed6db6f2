namespace SqsAotLambda.Local;

/// <summary>A request as the built-in endpoint received it.</summary>
/// <param name="MessageId">null when it names none, or two.</param>
/// <param name="Target">Path and query, as they were sent.</param>
/// <param name="Verified">Whether its signature is right; null where none is due.</param>
internal sealed record Arrival(string? MessageId, string Method, string Target, byte[] Body, bool? Verified = null);
