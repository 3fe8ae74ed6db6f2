namespace SqsAotLambda.Tests.Shared;

/// <summary>What listens at one address of the network.</summary>
/// <param name="serve">Called once a connection is made; it says what the peer does.</param>
/// <param name="delay">Milliseconds, of connecting; null: up to 30.</param>
internal sealed class SimulatedServer(Action<SimulatedPeer> serve, int? delay, SimulatedLink link)
{
    public Action<SimulatedPeer> Serve => serve;

    public int? Delay => delay;

    /// <summary>Of the connections that are made from now on.</summary>
    public SimulatedLink Link { get; set; } = link;

    /// <summary>Whether a connection is made now, or never; null: each is.</summary>
    public Func<bool>? Takes { get; init; }

    /// <summary>Nobody listens for now.</summary>
    public bool IsRefusing { get; set; }
}

/// <summary>How a connection carries bytes.</summary>
/// <param name="MaxPiece">In bytes, of what arrives at one moment.</param>
/// <param name="MaxDelay">In milliseconds, of a piece behind the one before; not including.</param>
/// <param name="BusyOneIn">Each so many calls to send find the buffer full; 0: none does.</param>
/// <param name="LeastPiece">In bytes: up to here what the client sends at once arrives at once.</param>
internal readonly record struct SimulatedLink(int MaxPiece, int MaxDelay, int BusyOneIn, int LeastPiece = 1)
{
    public static readonly SimulatedLink Ordinary = new(400, 25, 8);
}
