using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>Those that are not here too.</summary>
    public required IReadOnlyList<Peer> Peers { get; init; }

    /// <summary>Name of the peer that the ratios are against.</summary>
    public required string Baseline { get; init; }

    /// <summary>By name; empty for all.</summary>
    public required IReadOnlyList<string> Scenarios { get; init; }

    public required int Rounds { get; init; }

    /// <summary>In percent of a CPU; null for none.</summary>
    public required double? CpuShare { get; init; }

    /// <summary>After which no round begins.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>Whether it is only to be seen that everything works.</summary>
    public required bool Smoke { get; init; }

    /// <summary>Folder for the report, logs and certificates.</summary>
    public required string Output { get; init; }
}
