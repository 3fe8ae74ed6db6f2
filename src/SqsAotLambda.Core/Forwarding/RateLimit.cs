using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.Forwarding;

/// <summary>Spreads requests evenly: so many a second, without bursts.</summary>
internal sealed class RateLimit(int perSecond, Loop loop)
{
    /// <summary>The loop's waits end up to so much late, for which the turns behind don't suffer.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan interval = TimeSpan.FromSeconds(1.0 / perSecond);
    private readonly long start = loop.Time.GetTimestamp();
    private TimeSpan next;

    private TimeSpan Now => loop.Time.GetElapsedTime(start);

    /// <summary>Waits for the next turn; false when the deadline comes first.</summary>
    public async Task<bool> WaitAsync(Deadline deadline)
    {
        var wait = Reserve() - Now;
        var left = deadline.Remaining;
        if (wait > TimeSpan.Zero) await loop.WaitUntilAsync(loop.After(wait < left ? wait : left));
        if (wait <= left && !deadline.HasPassed) return true;

        // Its turn is not used: without this the turns would run away from the clock, invocation by invocation.
        next -= interval;
        return false;
    }

    /// <summary>A request goes at once, without a turn of its own: the next turn is one interval later.</summary>
    public void Skip() => Reserve();

    /// <returns>When its turn is, since the start.</returns>
    private TimeSpan Reserve()
    {
        var turn = next > Now - Grain ? next : Now;
        next = turn + interval;
        return turn;
    }
}
