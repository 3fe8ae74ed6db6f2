using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>Counts what is received, and sends what it is told to.</summary>
internal sealed class WatchedDriver(Driver inner) : OuterDriver(inner)
{
    private readonly Queue<byte> held = [];
    private long atOnce;
    private int calls;

    /// <summary>Whether a call to send finds no room, by its number.</summary>
    public Func<int, bool> Refuses { get; set; } = _ => false;

    /// <summary>In bytes.</summary>
    public long Received { get; private set; }

    /// <summary>In bytes, of what is received in one turn of the loop.</summary>
    public long MostAtOnce { get; private set; }

    /// <summary>Calls to send.</summary>
    public int Refused { get; private set; }

    /// <summary>Takes what has come, to be received later.</summary>
    /// <returns>The peer has ended the connection, and all is there.</returns>
    public bool TryTakeAll(int handle)
    {
        Span<byte> some = stackalloc byte[4096];
        int count;
        while ((count = base.Receive(handle, some)) > 0)
        {
            foreach (var each in some[..count]) held.Enqueue(each);
        }

        return count == 0;
    }

    public override int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        if (!Refuses(++calls)) return base.Send(handle, bytes);

        Refused++;
        return -Errno.Again;
    }

    public override int Receive(int handle, Span<byte> to)
    {
        var received = held.Count == 0 ? base.Receive(handle, to) : Math.Min(held.Count, to.Length);
        for (var index = 0; index < received && held.Count > 0; index++) to[index] = held.Dequeue();
        Received += Math.Max(received, 0);
        MostAtOnce = Math.Max(MostAtOnce, atOnce += Math.Max(received, 0));
        return received;
    }

    public override int Wait(Span<Change> changes, int milliseconds)
    {
        atOnce = 0;
        return base.Wait(changes, milliseconds);
    }
}
