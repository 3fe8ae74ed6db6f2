using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// The first TLS handshake with an origin. Those wanted beside it wait for the ticket that the server gives, with which they take half the CPU. A
/// server gives it with the handshake, or a round trip after it, or never.
/// </summary>
internal sealed class FirstHandshake
{
    /// <summary>For the handshake, connecting included: the machine that hangs may be one of several.</summary>
    private static readonly TimeSpan MaxHandshake = TimeSpan.FromSeconds(1);

    /// <summary>For the ticket, once the handshake is done.</summary>
    private static readonly TimeSpan MaxTicket = TimeSpan.FromMilliseconds(50);

    private readonly Loop loop;
    private readonly Action goOn;
    private readonly LoopTimer timer;
    private PooledConnection? connection;
    private bool isWaitedFor;

    public FirstHandshake(Loop loop, Action goOn)
    {
        (this.loop, this.goOn) = (loop, goOn);
        timer = new(loop, End);
    }

    /// <summary>The ticket is not there yet.</summary>
    public bool IsUnderWay { get; private set; } = true;

    public bool IsOf(PooledConnection pooled) => ReferenceEquals(pooled, connection);

    public void Connected(PooledConnection made)
    {
        connection = made;
        if (isWaitedFor && IsUnderWay) timer.Set(loop.After(MaxTicket));
    }

    /// <summary>Somebody waits for it.</summary>
    public void HoldBack()
    {
        if (!isWaitedFor) timer.Set(loop.After(connection is null ? MaxHandshake : MaxTicket));
        isWaitedFor = true;
    }

    /// <summary>The ticket is there, or will not come.</summary>
    public void End()
    {
        if (!IsUnderWay) return;

        IsUnderWay = false;
        timer.Stop();
        goOn();
    }
}
