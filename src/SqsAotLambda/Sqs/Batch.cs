namespace SqsAotLambda.Sqs;

/// <summary>The messages of one invocation.</summary>
/// <param name="End">When Lambda ends the invocation.</param>
internal sealed record Batch(string RequestId, DateTimeOffset End, IReadOnlyList<Message> Messages);
