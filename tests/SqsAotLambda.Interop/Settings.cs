using SqsAotLambda.Interop.Scenarios;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings
{
    /// <summary>The binary under test.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>Those that are not installed too.</summary>
    public required IReadOnlyList<ServerKind> Servers { get; init; }

    /// <summary>Whether the servers of this program's own are tried too.</summary>
    public required bool WithOwnServers { get; init; }

    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>http, https or both.</summary>
    public required IReadOnlyList<string> Schemes { get; init; }

    /// <summary>FORWARD_BREAKER: on or off.</summary>
    public required string Breaker { get; init; }

    /// <summary>Folder for configurations and logs.</summary>
    public required string Output { get; init; }
}
