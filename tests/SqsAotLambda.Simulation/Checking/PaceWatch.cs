using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>What throttles is spared at once, and no longer than a minute after it has ceased.</summary>
internal sealed class PaceWatch(Universe world) : Watch
{
    /// <summary>In milliseconds.</summary>
    private const long Heard = 100, Judged = 1000, Forgotten = 60_000;

    private readonly Dictionary<string, Route> routes = [];
    private long begunAt;
    private long? lastSign;
    private bool isSignOfInvocation;

    /// <summary>What had a turn before may have waited for a connection or a turn of the rate limit.</summary>
    private bool IsJudged =>
        world.Settings is { Pace: true, RateLimit: null } && world.Scenario.Pressure is { IsCalm: true, Strain: not Strain.Refuses };

    public override void ProcessBegins()
    {
        routes.Clear();
        lastSign = null;
    }

    public override void InvocationBegins() => (begunAt, isSignOfInvocation) = (world.Network.Now, false);

    /// <summary>The function has read it by now.</summary>
    public override void InvocationEnds()
    {
        if (isSignOfInvocation) lastSign = world.Network.Now;
    }

    public override void Answered(Exchange exchange)
    {
        if (exchange.Status is 429 or 503) (lastSign, isSignOfInvocation) = (world.Network.Now, true);
        if (!routes.TryGetValue(exchange.Route, out var route)) routes.Add(exchange.Route, route = new());
        var now = world.Network.Now;
        if (exchange.Verdict is Verdict.Accepts) route.Accepted.Add(now);
        if (exchange.Verdict is Verdict.Throttles) route.Throttled ??= now;
    }

    public override void Asked(Exchange exchange)
    {
        if (!IsJudged || exchange.Receive >= world.Settings!.MaxReceiveCount) return;
        if (!routes.TryGetValue(exchange.Route, out var route) || route.Throttled is not { } at) return;

        var since = world.Network.Now - at - Heard;
        if (since is < 0 or > Judged) return;

        route.Requests++;
        world.Met(Occasion.Turn);
        var rate = Math.Max(1, route.Accepted.Count(each => each > at - 1000 - Heard && each <= at + Heard));
        if (route.Requests <= MostTurns(rate, (since + Heard) / 1000.0)) return;

        world.Ledger.Break(
            Invariant.PaceIsKept,
            $"Route {exchange.Route} sent {route.Requests} requests in {since} ms after it was throttled at {rate} a second.");
    }

    public override void Told(LogLine line)
    {
        if (line.Paced == 0 && line.Hold != "Pace") return;

        world.Met(Occasion.WaitForTurn);
        if (lastSign is null || begunAt - lastSign > Forgotten)
            world.Ledger.Break(Invariant.PaceIsForgotten, $"Messages wait for turns, and nothing was throttled since {lastSign} ms.");
    }

    /// <summary>
    /// Where all is delivered meanwhile the rate grows by half of itself and 2 a second at most, and what it has become counts from one turn to
    /// the next. Two requests were under way before.
    /// </summary>
    private static double MostTurns(double rate, double seconds) => 3 + (seconds * (((rate + 4) * Math.Exp(seconds / 2)) - 4));

    private sealed class Route
    {
        public List<long> Accepted { get; } = [];

        /// <summary>For the first time in this process.</summary>
        public long? Throttled { get; set; }

        /// <summary>Since then.</summary>
        public int Requests { get; set; }
    }
}
