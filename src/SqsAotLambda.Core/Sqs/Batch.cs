namespace SqsAotLambda.Sqs;

/// <summary>The messages of one invocation.</summary>
/// <param name="Deadline">From when on no request starts.</param>
/// <param name="End">When Lambda ends the invocation.</param>
internal sealed record Batch(string RequestId, DateTimeOffset Deadline, DateTimeOffset End, IReadOnlyList<Message> Messages);
