using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Shared;

/// <summary>
/// The other end of a connection. What goes either way arrives in order, in pieces, each after a while. What the client sent before it closed
/// arrives, too.
/// </summary>
internal sealed class SimulatedPeer(SimulatedNetwork network, int handle, SimulatedLink link)
{
    private byte[] arrived = [];
    private int arrivedAt, arrivedEnd;
    private long busyUntilOurs, busyUntilTheirs, sent, taken, room = long.MaxValue;
    private bool isEnding, hasEnded, isReset, isResetTold, isGone, hides;

    public int Handle => handle;

    public bool IsRefused { get; set; }

    /// <summary>By the client.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Through which all goes that is sent and taken; null: nothing shields it.</summary>
    public SimulatedTlsPeer? Tls { get; set; }

    /// <summary>In bytes: what the client has read; with TLS, of data.</summary>
    public long Heard { get; private set; }

    /// <summary>In bytes: what the client has sent, also what has not arrived.</summary>
    public long Asked => sent;

    /// <inheritdoc cref="Change"/>
    public bool IsPlain => !hasEnded && !isReset && !hides;

    public ConnectionState State => new(CanSend: !isReset, taken);

    /// <summary>Takes what has come, piece by piece.</summary>
    public Action<byte[]> OnBytes { get; set; } = _ => { };

    /// <summary>The client has closed the connection.</summary>
    public Action OnClosed { get; set; } = () => { };

    public void Send(ReadOnlySpan<byte> bytes) => SendSealed(Sealed(bytes));

    /// <summary>Sends bytes as they are, whatever shields the connection.</summary>
    public void SendSealed(ReadOnlySpan<byte> bytes) => Send(bytes, asked: null);

    /// <summary>Sends bytes that arrive together.</summary>
    public void SendAtOnce(byte[] bytes)
    {
        var together = Sealed(bytes).ToArray();
        Later(ref busyUntilTheirs, () =>
        {
            if (!IsClosed && !isReset) Append(together, isTold: true);
        });
    }

    /// <summary>Sends what nobody asked for: it is lost where the client has asked for something else by then.</summary>
    /// <param name="asked">As <see cref="Asked"/> was when the client was given all that it had asked for.</param>
    public void SendUnasked(ReadOnlySpan<byte> bytes, long asked) => Send(Sealed(bytes), asked);

    /// <summary>Sends bytes in TLS records of which the last one lacks its end, and from then on nothing.</summary>
    public void SendInPart(ReadOnlySpan<byte> bytes) => SendSealed(Tls!.SealInPart(bytes));

    /// <summary>Sends no more: what it is told to send from now on is lost.</summary>
    public void End()
    {
        if (Tls is not null) SendSealed(Tls.Farewell);
        isEnding = true;
        Later(ref busyUntilTheirs, () =>
        {
            if (IsClosed) return;

            hasEnded = true;
            network.Tell(handle, readable: true, writable: false);
        });
    }

    /// <summary>Sends no more and takes no more: whoever sends to it is told that the connection is gone.</summary>
    public void Leave()
    {
        isGone = true;
        End();
    }

    public void Reset()
    {
        isGone = isEnding = true;
        Later(ref busyUntilTheirs, () =>
        {
            if (IsClosed) return;

            isReset = true;
            network.Tell(handle, readable: true, writable: true);
        });
    }

    /// <summary>The connection is reset at once, which the client finds out by itself, when it sends or reads.</summary>
    public void Break() => isGone = isReset = true;

    /// <summary>From now on no more than so many bytes of the client's are taken; null: all are.</summary>
    public void Limit(int? bytes)
    {
        room = bytes is { } more ? sent + more : long.MaxValue;
        if (!IsClosed) network.Tell(handle, readable: false, writable: true);
    }

    /// <summary>What the client sends.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (isReset) return TellReset() ? -Errno.ConnectionReset : -Errno.BrokenPipe;
        if (sent >= room) return -Errno.Again;
        if (link.BusyOneIn > 0 && (link.LeastPiece == 1 || sent > taken) && network.Below(link.BusyOneIn) == 0)
        {
            network.After(1 + network.Below(3), () =>
            {
                if (!IsClosed) network.Tell(handle, readable: false, writable: true);
            });
            return -Errno.Again;
        }

        var most = (int)Math.Min(bytes.Length, room - sent);
        var piece = bytes[..Math.Min(most, link.LeastPiece + network.Below(most - link.LeastPiece + 1))].ToArray();
        sent += piece.Length;
        Later(ref busyUntilOurs, () => Arrive(piece));
        return piece.Length;
    }

    /// <summary>What the client reads.</summary>
    public int Give(Span<byte> to)
    {
        if (arrivedAt == arrivedEnd) return isReset && TellReset() ? -Errno.ConnectionReset : hasEnded || isReset ? 0 : -Errno.Again;

        var count = Math.Min(arrivedEnd - arrivedAt, to.Length);
        arrived.AsSpan(arrivedAt, count).CopyTo(to);
        arrivedAt += count;
        Heard += Tls?.Hear(to[..count]) ?? count;
        hides &= arrivedAt < arrivedEnd;
        return count;
    }

    public void Closed()
    {
        IsClosed = true;
        OnClosed();
    }

    private ReadOnlySpan<byte> Sealed(ReadOnlySpan<byte> bytes) => Tls is null ? bytes : Tls.Seal(bytes);

    private void Send(ReadOnlySpan<byte> bytes, long? asked)
    {
        while (!bytes.IsEmpty && !IsClosed && !isEnding)
        {
            var piece = bytes[..Math.Min(bytes.Length, 1 + network.Below(link.MaxPiece))].ToArray();
            bytes = bytes[piece.Length..];
            Later(ref busyUntilTheirs, () =>
            {
                if (!IsClosed && !isReset && (asked ?? sent) == sent) Append(piece, isTold: asked is null || !network.HidesUnasked);
            });
        }
    }

    private void Append(ReadOnlySpan<byte> piece, bool isTold)
    {
        if (arrivedAt == arrivedEnd) arrivedAt = arrivedEnd = 0;
        if (arrivedEnd + piece.Length > arrived.Length) Array.Resize(ref arrived, Math.Max(arrivedEnd + piece.Length, 2 * arrived.Length));
        piece.CopyTo(arrived.AsSpan(arrivedEnd));
        arrivedEnd += piece.Length;
        hides |= !isTold;
        if (isTold) network.Tell(handle, readable: true, writable: false);
    }

    private void Arrive(byte[] piece)
    {
        if (!isGone)
        {
            taken += piece.Length;
            if (Tls is null) OnBytes(piece);
            else Tls.Take(piece);
        }
        else if (!IsClosed && !isReset)
        {
            isReset = true;
            network.Tell(handle, readable: true, writable: true);
        }
    }

    /// <summary>The kernel tells it once.</summary>
    private bool TellReset() => !isResetTold && (isResetTold = true);

    /// <summary>Behind all that is under way in that direction.</summary>
    private void Later(ref long busyUntil, Action action)
    {
        var now = network.Now;
        busyUntil = Math.Max(busyUntil, now) + network.Below(link.MaxDelay);
        network.After(busyUntil - now, action);
    }
}
