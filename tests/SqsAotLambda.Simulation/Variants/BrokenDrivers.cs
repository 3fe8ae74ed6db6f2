using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Simulation.Variants;

/// <summary>A driver around another one, of which a variant changes one part.</summary>
internal abstract class OuterDriver(Driver inner) : Driver
{
    public override TimeProvider Time => inner.Time;

    public override int Descriptors => inner.Descriptors;

    public override int Connect(IPEndPoint to) => inner.Connect(to);

    public override int ConnectError(int handle) => inner.ConnectError(handle);

    public override int Send(int handle, ReadOnlySpan<byte> bytes) => inner.Send(handle, bytes);

    public override int Receive(int handle, Span<byte> to) => inner.Receive(handle, to);

    public override ConnectionState StateOf(int handle) => inner.StateOf(handle);

    public override void Close(int handle) => inner.Close(handle);

    public override void LookUp(string name, Action<NameAnswer> done) => inner.LookUp(name, done);

    public override int Wait(Span<Change> changes, int milliseconds) => inner.Wait(changes, milliseconds);

    public override void Dispose() => inner.Dispose();
}

/// <summary>Nobody counts what has arrived, so that what was sent is taken for arrived.</summary>
internal sealed class CarelessDriver(Driver inner) : OuterDriver(inner)
{
    public override ConnectionState StateOf(int handle) => base.StateOf(handle) with { Arrived = null };
}

/// <summary>Does not close each eighth connection.</summary>
internal sealed class LeakyDriver(Driver inner) : OuterDriver(inner)
{
    private int closed;

    public override void Close(int handle)
    {
        if (++closed % 8 != 0) base.Close(handle);
    }
}
