using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>
/// Behind an open breaker one probe goes at a time, and its pauses park no message. It counts only what every breaker must have counted, in lives
/// whose answers arrive at once.
/// </summary>
internal sealed class BreakerWatch(Universe world) : Watch
{
    private const int FaultsToOpen = 20;

    /// <summary>In faults: four probes end the pauses.</summary>
    private const int FaultsToOpenForLong = FaultsToOpen + 4, StrongFaultsToOpen = 5;

    /// <summary>In milliseconds: by then an answer was read.</summary>
    private const long Heard = 100;

    private readonly Dictionary<string, Route> routes = [];

    public override void ProcessBegins() => routes.Clear();

    public override void Asked(Exchange exchange)
    {
        if (Of(exchange) is not { } route) return;

        route.Requests++;
        if (route.Faults < FaultsToOpen || world.Network.Now < route.OpenAt + Heard || IsLast(exchange.Receive)) return;

        world.Met(Occasion.Probe);
        var other = world.Exchanges.Find(each =>
            each != exchange && each.IsUnderWay && each.AskedAt > route.OpenAt + Heard && !IsLast(each.Receive) && Of(each) == route);
        if (other is null || !exchange.IsUnderWay) return;

        world.Ledger.Break(
            Invariant.ProbesGoAlone,
            $"{exchange.Message.Id} was sent while {other.Message.Id} was under way, after {route.Faults} faults without a delivery.");
    }

    public override void Answered(Exchange exchange)
    {
        if (Of(exchange) is not { } route) return;

        if (exchange.Verdict is not Verdict.Fails)
        {
            routes.Remove(exchange.Route);
            return;
        }

        if (exchange.Status is not (500 or 502 or 503 or 504)) route.StrongFaults++;
        if (++route.Faults == FaultsToOpen) route.OpenAt = world.Network.Now;
    }

    /// <summary>Its message was held back before the line was written.</summary>
    public override void Told(LogLine line)
    {
        if (line is not { Name: "MessageFailed", Hold: "Pause", Message: { } message, Receive: var receive }) return;

        world.Met(Occasion.Pause);
        if (world.Scenario.IsFifo || world.Scenario.RouteOf(message) is not { } name || !routes.TryGetValue(name, out var route)) return;
        if (route.Requests >= FaultsToOpenForLong || route.StrongFaults >= StrongFaultsToOpen) return;
        if (!world.Scenario.Pressure.IsCalm || world.Scenario.Pressure.Strain is Strain.Refuses) return;

        var backoff = world.Settings!.Backoff.Base.TotalSeconds * Math.Pow(2, receive - 1) * 1.2;
        if (message.HeldBack is not ({ } seconds, var its) || its != receive || seconds <= Math.Max(9, Math.Ceiling(backoff))) return;

        world.Ledger.Break(
            Invariant.PausesParkNothing, $"{message.Id} was held back for {seconds} s by a pause of the breaker, on receive {receive}.");
    }

    private bool IsLast(int receive) => receive >= world.Settings!.MaxReceiveCount;

    private Route? Of(Exchange exchange)
    {
        if (!world.Scenario.Pressure.IsCalm || !world.Settings!.Breaker) return null;

        if (!routes.TryGetValue(exchange.Route, out var route)) routes.Add(exchange.Route, route = new());
        return route;
    }

    /// <summary>Since the last answer that was no fault.</summary>
    private sealed class Route
    {
        public int Requests { get; set; }

        public int Faults { get; set; }

        public int StrongFaults { get; set; }

        /// <summary>When its breaker must have opened.</summary>
        public long OpenAt { get; set; }
    }
}
