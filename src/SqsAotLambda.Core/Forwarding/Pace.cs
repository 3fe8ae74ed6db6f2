using SqsAotLambda.Io;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// The requests a second that an endpoint bears, learnt from its answers: none is counted before it throttles. Then each has a turn, spread
/// evenly. The rate falls with what is throttled, and grows with what is delivered.
/// </summary>
internal sealed class Pace(bool on, Loop loop)
{
    /// <summary>A second.</summary>
    private const double LeastRate = 1;

    private const double Fall = 0.7;

    /// <summary>Of itself, a second.</summary>
    private const double Growth = 0.5;

    /// <summary>A second, each second.</summary>
    private const double LeastGrowth = 2;

    /// <summary>In milliseconds. All that is throttled within it is one sign.</summary>
    private const long OneSign = 500;

    /// <summary>In milliseconds, without a sign: the endpoint bears what comes.</summary>
    private const long Forgotten = 60_000;

    private readonly LastSecond accepted = new();

    /// <summary>Those on their last receive go first.</summary>
    private readonly Queue<Pending<bool>> last = new();

    private readonly Queue<Pending<bool>> others = new();

    /// <summary>Turns a second; null: no limit.</summary>
    private double? rate;

    /// <summary>By the loop's clock, in milliseconds and fractions, so that turns don't drift.</summary>
    private double lastTurn;

    private long slowedAt, grownAt;

    private LoopTimer Timer => field ??= new(loop, GiveTurns);

    /// <summary>Requests have turns.</summary>
    public bool IsOn
    {
        get
        {
            if (rate is not null && loop.Now - slowedAt >= Forgotten) rate = null;
            return rate is not null;
        }
    }

    private double NextTurn => lastTurn + (1000 / rate!.Value);

    /// <summary>Waits for a turn, where requests have turns.</summary>
    /// <param name="until">By the loop's clock.</param>
    /// <returns>False: there was none by then.</returns>
    public async ValueTask<bool> TurnAsync(bool lastReceive, long until)
    {
        var mine = new Pending<bool>(loop, until, late: false);
        (lastReceive ? last : others).Enqueue(mine);
        GiveTurns();
        await mine.OverAsync();
        return mine.Value;
    }

    /// <summary>Learns from what the endpoint answered.</summary>
    public void Record(Delivery delivery)
    {
        if (!on) return;

        var isAccepted = delivery.Outcome is Outcome.Delivered;
        if (isAccepted) accepted.Add(loop.Now);
        if (delivery.Outcome is Outcome.Throttled || delivery.QuotaSpent) Slow(loop.Now);
        else if (isAccepted && rate is { } present) Grow(present, loop.Now);
    }

    private void Slow(long now)
    {
        if (rate is null) (rate, lastTurn, slowedAt) = (Math.Max(LeastRate, accepted.Count(now)), now, now);
        else if (now - slowedAt >= OneSign) (rate, slowedAt) = (Math.Max(LeastRate, rate.Value * Fall), now);
        grownAt = now;
    }

    private void Grow(double present, long now)
    {
        var seconds = Math.Min(now - grownAt, 1000) / 1000.0;
        (rate, grownAt) = (present + (Math.Max(present * Growth, LeastGrowth) * seconds), now);
        GiveTurns();
    }

    private void GiveTurns()
    {
        while (Next() is { } next)
        {
            if (IsOn)
            {
                if (NextTurn > loop.Now)
                {
                    Timer.Set((long)Math.Ceiling(NextTurn));
                    return;
                }

                // A turn that nobody took is not kept for later.
                lastTurn = Math.Max(NextTurn, loop.Now - 1);
            }

            (last.Count > 0 ? last : others).Dequeue();
            next.End(true);
        }
    }

    private Pending<bool>? Next()
    {
        while (last.TryPeek(out var first) || others.TryPeek(out first))
        {
            if (!first.IsOver) return first;

            (last.Count > 0 ? last : others).Dequeue();
        }

        return null;
    }

    /// <summary>Counts what came within a second, in tenths of it.</summary>
    private sealed class LastSecond
    {
        private const int Parts = 10, PartLength = 100;

        private readonly int[] counts = new int[Parts];
        private long newest;

        public void Add(long now)
        {
            MoveTo(now);
            counts[newest % Parts]++;
        }

        public int Count(long now)
        {
            MoveTo(now);
            return counts.Sum();
        }

        private void MoveTo(long now)
        {
            var part = now / PartLength;
            for (var gone = Math.Min(part - newest, Parts); gone > 0; gone--) counts[(part - gone + 1) % Parts] = 0;
            newest = part;
        }
    }
}
