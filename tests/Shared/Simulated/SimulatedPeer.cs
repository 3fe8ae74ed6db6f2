using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Shared;

/// <summary>The other end of a connection. What goes either way arrives in order, in pieces, each after a while.</summary>
internal sealed class SimulatedPeer(SimulatedNetwork network, int Handle, bool IsRefused)
{
    private const int MaxPiece = 400, MaxDelay = 25;

    private readonly Queue<byte> arrived = new();
    private long busyUntilOurs, busyUntilTheirs, taken;
    private bool hasEnded, isReset, isResetTold;

    public int Handle { get; } = Handle;

    public bool IsRefused { get; } = IsRefused;

    /// <summary>By the client.</summary>
    public bool IsClosed { get; private set; }

    public ConnectionState State => new(IsEstablished: !hasEnded && !isReset, CanSend: !isReset, taken);

    /// <summary>Takes what has come, piece by piece.</summary>
    public Action<byte[]> OnBytes { get; set; } = _ => { };

    /// <summary>The client has closed the connection.</summary>
    public Action OnClosed { get; set; } = () => { };

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(bytes.Length, 1 + network.Below(MaxPiece))].ToArray();
            bytes = bytes[piece.Length..];
            Later(ref busyUntilTheirs, () =>
            {
                foreach (var each in piece) arrived.Enqueue(each);
                network.Tell(Handle, readable: true, writable: false);
            });
        }
    }

    /// <summary>Sends no more.</summary>
    public void End() => Later(ref busyUntilTheirs, () =>
    {
        hasEnded = true;
        network.Tell(Handle, readable: true, writable: false);
    });

    public void Reset() => Later(ref busyUntilTheirs, () =>
    {
        isReset = true;
        network.Tell(Handle, readable: true, writable: true);
    });

    /// <summary>What the client sends.</summary>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        if (isReset) return TellReset() ? -Errno.ConnectionReset : -Errno.BrokenPipe;
        if (network.Below(8) == 0)
        {
            network.After(1 + network.Below(3), () =>
            {
                if (!IsClosed) network.Tell(Handle, readable: false, writable: true);
            });
            return -Errno.Again;
        }

        var piece = bytes[..Math.Min(bytes.Length, 1 + network.Below(bytes.Length))].ToArray();
        Later(ref busyUntilOurs, () =>
        {
            taken += piece.Length;
            OnBytes(piece);
        });
        return piece.Length;
    }

    /// <summary>What the client reads.</summary>
    public int Give(Span<byte> to)
    {
        if (arrived.Count == 0) return isReset && TellReset() ? -Errno.ConnectionReset : hasEnded || isReset ? 0 : -Errno.Again;

        var count = Math.Min(arrived.Count, to.Length);
        for (var index = 0; index < count; index++) to[index] = arrived.Dequeue();
        return count;
    }

    public void Closed()
    {
        IsClosed = true;
        OnClosed();
    }

    /// <summary>The kernel tells it once.</summary>
    private bool TellReset() => !isResetTold && (isResetTold = true);

    /// <summary>Behind all that is under way in that direction.</summary>
    private void Later(ref long busyUntil, Action action)
    {
        var now = network.Time.GetTimestamp();
        busyUntil = Math.Max(busyUntil, now) + network.Below(MaxDelay);
        network.After(busyUntil - now, () =>
        {
            if (!IsClosed) action();
        });
    }
}
