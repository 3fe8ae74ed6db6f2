using SqsAotLambda.Http;

namespace SqsAotLambda.Forwarding;

/// <summary>Spreads requests evenly: so many a second, without bursts.</summary>
internal sealed class RateLimit(int perSecond, TimeProvider time)
{
    private readonly TimeSpan interval = TimeSpan.FromSeconds(1.0 / perSecond);
    private readonly Lock gate = new();
    private readonly long start = time.GetTimestamp();
    private TimeSpan next;

    /// <summary>Waits for the next turn; false when the deadline comes first.</summary>
    public async Task<bool> WaitAsync(Deadline deadline)
    {
        var wait = Reserve() - time.GetElapsedTime(start);
        var left = deadline.Remaining;
        if (wait > TimeSpan.Zero) await Task.Delay(wait < left ? wait : left, time, CancellationToken.None);
        if (wait <= left && !deadline.HasPassed) return true;

        // Its turn is not used: without this the turns would run away from the clock, invocation by invocation.
        lock (gate) next -= interval;
        return false;
    }

    /// <returns>When its turn is, since the start.</returns>
    private TimeSpan Reserve()
    {
        lock (gate)
        {
            var now = time.GetElapsedTime(start);
            var turn = next > now ? next : now;
            next = turn + interval;
            return turn;
        }
    }
}
