using SqsAotLambda.Simulation.Variants;

namespace SqsAotLambda.Simulation;

/// <summary>What is to be simulated.</summary>
internal sealed record Settings
{
    /// <summary>Of the first life; the next has the next number.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Lives; null: as many as fit into the time.</summary>
    public required long? Runs { get; init; }

    /// <summary>Null: there is no limit.</summary>
    public required TimeSpan? Time { get; init; }

    public required Variant Variant { get; init; }

    /// <summary>Tells every event.</summary>
    public required bool Trace { get; init; }

    /// <summary>Sees to it that every variant is found out.</summary>
    public required bool ChecksVariants { get; init; }
}
