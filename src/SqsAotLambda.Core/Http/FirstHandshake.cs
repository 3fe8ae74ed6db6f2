using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// The first TLS handshake with an origin. Those wanted beside it wait for the session that it brings, with which they take half the CPU.
/// A server gives the session a round trip after the handshake, and it is read with the first response. Where that is slow it must have come by
/// then: as long after as connecting took.
/// </summary>
internal sealed class FirstHandshake
{
    private readonly Loop loop;
    private readonly Action goOn;
    private readonly LoopTimer timer;
    private readonly long start;
    private PooledConnection? connection;

    /// <summary>For TCP and TLS: two round trips at least. Null: it is not over.</summary>
    private TimeSpan? took;

    private bool isWaitedFor;

    public FirstHandshake(Loop loop, Action goOn)
    {
        (this.loop, this.goOn, start) = (loop, goOn, loop.Time.GetTimestamp());
        timer = new(loop, End);
    }

    /// <summary>The session is not there yet.</summary>
    public bool IsUnderWay { get; private set; } = true;

    public bool IsOf(PooledConnection pooled) => ReferenceEquals(pooled, connection);

    public void Connected(PooledConnection made)
    {
        (connection, took) = (made, loop.Time.GetElapsedTime(start));
        if (isWaitedFor) timer.Set(loop.After(took.Value));
    }

    /// <summary>Somebody waits for it.</summary>
    public void HoldBack()
    {
        if (!isWaitedFor && took is { } time) timer.Set(loop.After(time));
        isWaitedFor = true;
    }

    /// <summary>The session is there, or will not come.</summary>
    public void End()
    {
        if (!IsUnderWay) return;

        IsUnderWay = false;
        timer.Stop();
        goOn();
    }
}
