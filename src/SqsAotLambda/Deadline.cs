namespace SqsAotLambda;

/// <summary>Makes the one token of an invocation.</summary>
internal static class Deadline
{
    /// <summary>A function runs 15 minutes at most: see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html.</summary>
    private static readonly TimeSpan LongestInvocation = TimeSpan.FromMinutes(15);

    /// <param name="remaining">Zero or less: the token is cancelled from the start.</param>
    public static CancellationTokenSource After(TimeSpan remaining, TimeProvider time) =>
        new(TimeSpan.FromTicks(Math.Clamp(remaining.Ticks, 0, LongestInvocation.Ticks)), time);
}
