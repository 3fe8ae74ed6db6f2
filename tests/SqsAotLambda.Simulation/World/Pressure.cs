namespace SqsAotLambda.Simulation.World;

/// <summary>What the endpoints of a life are under for a while.</summary>
internal enum Strain
{
    None,

    /// <summary>They take so many requests a second.</summary>
    Throttles,

    /// <summary>They answer 400 to everything.</summary>
    Rejects,

    /// <summary>They answer 502 to everything.</summary>
    Fails,

    /// <summary>They refuse connections.</summary>
    Refuses,
}

/// <summary>What a seed makes of the rules for delivery under pressure, and of the pressure.</summary>
internal sealed class Pressure
{
    private readonly Chance chance;

    /// <param name="isTrial">There is none.</param>
    public Pressure(Chance chance, bool isTrial)
    {
        this.chance = chance;
        if (isTrial)
        {
            IsCalm = true;
            return;
        }

        if (chance.OneIn(6))
            Strain = chance.Of(Strain.Throttles, Strain.Throttles, Strain.Rejects, Strain.Fails, Strain.Fails, Strain.Refuses);
        IsCalm = Strain is Strain.None ? chance.OneIn(12) : !chance.OneIn(3);
        IsRationed = Strain is Strain.None && IsCalm && chance.OneIn(4);
        HasGroups = chance.OneIn(IsCalm ? 2 : 3);
        HasDispositions = chance.OneIn(4);
        IsWithoutDeadLetters = chance.OneIn(8);
        (Rate, Burst) = (chance.Of(1, 5, 20, 50), chance.Between(1, 5));
        Status = chance.Of(429, 503);
    }

    public Strain Strain { get; }

    /// <summary>Network and servers are quick and sound, so that times and orders can be judged.</summary>
    public bool IsCalm { get; }

    /// <summary>A rate limit keeps most messages from being sent, and they have few receives.</summary>
    public bool IsRationed { get; }

    /// <summary>A standard queue's messages have message groups.</summary>
    public bool HasGroups { get; }

    /// <summary>Endpoints answer with <c>Forward-Disposition</c>, whether or not the settings heed it.</summary>
    public bool HasDispositions { get; }

    /// <summary>Neither the function nor SQS moves a message to the dead-letter queue.</summary>
    public bool IsWithoutDeadLetters { get; }

    /// <summary>Requests a second, where endpoints throttle.</summary>
    public int Rate { get; }

    /// <summary>Requests at once.</summary>
    public int Burst { get; }

    /// <summary>Of what is throttled.</summary>
    public int Status { get; }

    /// <summary>Milliseconds, until it begins and while it lasts.</summary>
    public (int From, int Length) Time() => (chance.Of(0, 0, chance.Below(5000)), chance.Of(1000, 12_000, 600_000, 600_000));

    public void Set(Action<string, string> set)
    {
        set("FORWARD_PACE", chance.Of("on", "on", "on", "off"));
        set("FORWARD_SUSPECT", chance.Of("on", "on", "on", "off"));
        set("FORWARD_DISPOSITION", chance.Of("off", "on"));
        set("FORWARD_DEAD_LETTERS", IsWithoutDeadLetters ? "off" : "on");
        if (chance.OneIn(3)) set("FORWARD_GROUP_CONCURRENCY", chance.Of("1", "2", "3"));
    }

    /// <summary>The header by which an endpoint decides; null: it has none.</summary>
    public string? NextDisposition() => HasDispositions && chance.OneIn(3)
        ? chance.Of("delivered", "drop", "retry", "dead-letter", "Delivered", "DROP", "later", "")
        : null;
}
