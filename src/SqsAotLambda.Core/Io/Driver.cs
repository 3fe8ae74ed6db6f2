using System.Net;

namespace SqsAotLambda.Io;

/// <summary>
/// The world as the loop sees it: the kernel, or a simulation. No call blocks but <see cref="Wait"/>. Whatever goes wrong is a negated errno,
/// never an exception.
/// </summary>
internal abstract class Driver : IDisposable
{
    /// <summary>The clock of this world. Its timestamps only go up.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>How many descriptors the process may have, files and all.</summary>
    public abstract int Descriptors { get; }

    /// <summary>Begins to connect. From then on each change of the socket is told, in both directions.</summary>
    /// <returns>The handle of the socket.</returns>
    public abstract int Connect(IPEndPoint to);

    /// <summary>How connecting ended, once that is told.</summary>
    /// <returns>An errno; 0: the socket is connected.</returns>
    public abstract int ConnectError(int handle);

    /// <returns>How many of the bytes were taken.</returns>
    public abstract int Send(int handle, ReadOnlySpan<byte> bytes);

    /// <returns>How many bytes came; 0: the peer sends no more.</returns>
    public abstract int Receive(int handle, Span<byte> to);

    /// <summary>What is known of a connection, whatever lies unread.</summary>
    public abstract ConnectionState StateOf(int handle);

    /// <summary>Nothing more is told of the handle, whose number may be another's from now on.</summary>
    public abstract void Close(int handle);

    /// <summary>Looks a name up.</summary>
    /// <param name="done">Takes the answer, on the loop's thread, out of <see cref="Wait"/>, which then ends; never at once.</param>
    public abstract void LookUp(string name, Action<NameAnswer> done);

    /// <summary>Waits until something changes, and tells each change once.</summary>
    /// <param name="milliseconds">After which it ends in any case; -1: never.</param>
    /// <returns>How many changes there are.</returns>
    public abstract int Wait(Span<Change> changes, int milliseconds);

    public abstract void Dispose();
}

/// <summary>What is new of a socket. One that has failed or ended is readable and writable, too: whoever waits has to look.</summary>
/// <param name="IsPlain">A read that is short reads all that has come: behind it there is neither the peer's end nor urgent data.</param>
internal readonly record struct Change(int Handle, bool Readable, bool Writable, bool IsPlain);

/// <summary>How a connection stands.</summary>
/// <param name="CanSend">What was sent can still arrive.</param>
/// <param name="Arrived">In bytes, of what was sent: the peer's machine has confirmed them. Null: nobody counts.</param>
internal readonly record struct ConnectionState(bool CanSend, long? Arrived);

/// <summary>What became of the look-up of a name.</summary>
/// <param name="Addresses">Empty where there is a fault.</param>
/// <param name="Fault">Why there are none, in the words of the C library; null: there are some.</param>
internal readonly record struct NameAnswer(IPAddress[] Addresses, string? Fault);
