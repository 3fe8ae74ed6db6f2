namespace SqsAotLambda.Forwarding;

/// <summary>How long a message that was not delivered stays invisible; pure, chance comes in from outside.</summary>
/// <param name="Base">Before the second receive; it doubles with each. Zero: SQS is never asked to change a visibility.</param>
internal sealed record Backoff(TimeSpan Base, TimeSpan Cap, TimeSpan RetryAfterMax, int? MaxReceiveCount)
{
    /// <summary>An endpoint that is wrong for every message, or may be, is not mended in seconds.</summary>
    private static readonly TimeSpan EndpointFaultBase = TimeSpan.FromSeconds(60);

    /// <summary>Parked with few receives left: each return costs one.</summary>
    private static readonly TimeSpan LongPark = TimeSpan.FromMinutes(15);

    private const int FewReceives = 3;
    private const double Jitter = 0.2;

    /// <summary>SQS allows 12 hours since the receive, the invocation's own time included.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(42_000);

    /// <param name="breaker">What is left of the time that the breaker is open; zero when it is closed.</param>
    /// <param name="chance">0 up to, not including, 1.</param>
    /// <param name="isPause">The breaker's time is short, and nothing is parked for it.</param>
    public TimeSpan DelayOf(Delivery delivery, int receiveCount, TimeSpan breaker, double chance, bool isPause = false)
    {
        if (delivery.Hold is Hold.Time or Hold.Rate or Hold.Pace && receiveCount <= 1 && breaker == TimeSpan.Zero) return TimeSpan.Zero;

        var delay = Exponential(delivery.Outcome, receiveCount, chance);
        if (delivery.Outcome is Outcome.Throttled or Outcome.Unavailable && delivery.RetryAfter is { } asked)
            delay = Max(delay, asked < RetryAfterMax ? asked : RetryAfterMax);
        var isParked = !isPause && (delivery.Hold is Hold.Breaker || breaker > TimeSpan.Zero);
        delay = Max(delay, isParked && MaxReceiveCount - receiveCount <= FewReceives ? Max(breaker, LongPark) : breaker);
        return delay < Longest ? delay : Longest;
    }

    /// <summary>
    /// Whole seconds, as SQS takes them. Where chance could pass the cap it only shortens, so that messages do not all return at the cap.
    /// </summary>
    private TimeSpan Exponential(Outcome outcome, int receiveCount, double chance)
    {
        var first = outcome is Outcome.EndpointFault or Outcome.Suspect ? Max(Base, EndpointFaultBase) : Base;
        var cap = Math.Floor(Math.Min(Cap.TotalSeconds, Longest.TotalSeconds));
        // 2^30 of even a millisecond passes every cap.
        var middle = first.TotalSeconds * Math.Pow(2, Math.Clamp(receiveCount - 1, 0, 30));
        var seconds = middle * (1 + Jitter) > cap ? cap * (1 - (Jitter * chance)) : middle * (1 + (Jitter * ((2 * chance) - 1)));
        return TimeSpan.FromSeconds(Math.Ceiling(seconds));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
