using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A driver around another one, of which one part is changed.</summary>
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
