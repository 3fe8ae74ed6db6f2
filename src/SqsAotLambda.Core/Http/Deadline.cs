namespace SqsAotLambda.Http;

/// <summary>From when on nothing more may begin. The clock tells, because timers of a function that is short of CPU come late.</summary>
/// <param name="Token">Ends what is under way.</param>
internal readonly record struct Deadline(DateTimeOffset At, TimeProvider Time, CancellationToken Token)
{
    public static readonly Deadline Never = new(DateTimeOffset.MaxValue, TimeProvider.System, CancellationToken.None);

    /// <summary>A function runs 15 minutes at most: see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html.</summary>
    private static readonly TimeSpan LongestInvocation = TimeSpan.FromMinutes(15);

    public bool HasPassed => Token.IsCancellationRequested || Time.GetUtcNow() >= At;

    /// <param name="remaining">Zero or less: the token is cancelled from the start.</param>
    public static CancellationTokenSource After(TimeSpan remaining, TimeProvider time) =>
        new(TimeSpan.FromTicks(Math.Clamp(remaining.Ticks, 0, LongestInvocation.Ticks)), time);
}
