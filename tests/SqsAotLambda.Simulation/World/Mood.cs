namespace SqsAotLambda.Simulation.World;

/// <summary>What an endpoint makes of messages; for a while it may answer all alike, throttle, or refuse connections.</summary>
internal sealed class Mood(Universe world, Chance chance, SimulatedServer server)
{
    /// <summary>Of everything; null: each request has its own.</summary>
    private int? status;

    private bool isThrottling;

    /// <summary>By the network's clock: when the bucket of requests is full.</summary>
    private double fullAt;

    private Pressure Pressure => world.Scenario.Pressure;

    public void Plan()
    {
        if (Pressure.Strain is not Strain.None) PlanStrain(Pressure.Time());
        if (!Pressure.IsCalm && chance.OneIn(3)) PlanAny();
    }

    /// <param name="isThrottled">There are too many requests.</param>
    public int StatusFor(SimulatedMessage message, out bool isThrottled)
    {
        isThrottled = isThrottling && !TakesOneMore();
        var alike = isThrottled ? Pressure.Status : status;
        if (alike is { } one && !world.Accepts(message, one)) return one;
        if (message.Fate is Fate.Good) return chance.Of(200, 200, 201, 202, 204);
        if (message.Fate is Fate.Rejected) return 400;
        if (message.Fate is Fate.Moody) return chance.Of(200, 204, 400, 401, 404, 409, 422, 429, 500, 502, 503, 302);

        int its;
        do its = chance.Of(400, 413, 422, 403, 404, 409, 500, 501);
        while (world.Accepts(message, its));
        return its;
    }

    private void PlanAny()
    {
        var (at, length) = (chance.Below(20_000), chance.Of(100, 2000, 40_000));
        var all = chance.Of(0, 429, 500, 503, 404, 401);
        world.Network.After(at, () => (server.IsRefusing, status) = (all == 0, all == 0 ? null : all));
        world.Network.After(at + length, End);
    }

    private void PlanStrain((int From, int Length) time)
    {
        world.Network.After(time.From, () =>
        {
            server.IsRefusing = Pressure.Strain is Strain.Refuses;
            isThrottling = Pressure.Strain is Strain.Throttles;
            status = Pressure.Strain switch { Strain.Rejects => 400, Strain.Fails => 502, _ => null };
        });
        world.Network.After(time.From + time.Length, End);
    }

    private void End() => (server.IsRefusing, isThrottling, status) = (false, false, null);

    private bool TakesOneMore()
    {
        var (now, interval) = (world.Network.Now, 1000.0 / Pressure.Rate);
        var next = Math.Max(fullAt, now) + interval;
        if (next - now > Pressure.Burst * interval) return false;

        fullAt = next;
        return true;
    }
}
