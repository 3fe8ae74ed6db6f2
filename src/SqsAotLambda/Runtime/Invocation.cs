namespace SqsAotLambda.Runtime;

/// <summary>One event to handle.</summary>
/// <param name="Deadline">When Lambda ends the invocation.</param>
/// <param name="TraceId">The X-Ray header of the invocation; null when Lambda sent none.</param>
/// <param name="InvocationId">Sent back with the answer; null when Lambda sent none.</param>
/// <param name="Event">Holds until the next call of the Runtime API.</param>
internal sealed record Invocation(
    string RequestId,
    DateTimeOffset Deadline,
    string? TraceId,
    string? InvocationId,
    ReadOnlyMemory<byte> Event);
