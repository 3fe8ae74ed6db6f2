using System.Net;
using System.Runtime.CompilerServices;

namespace SqsAotLambda.Io;

/// <summary>
/// A TCP connection on the loop. Reading and writing are tried; who can't go on waits for the next change, and tries again.
/// </summary>
internal sealed class TcpSocket : ITransport
{
    private readonly Loop loop;
    private readonly Waiter reader = new(), writer = new();
    private readonly LoopTimer timer;

    /// <summary>While nobody reads, because nothing is due; null: somebody may.</summary>
    private Action? unasked;

    /// <summary>The first errno that a call of the kernel ended with. It tells a reset once, and then speaks of a proper end.</summary>
    private int broken;

    private bool isDisposed;

    /// <summary>The next read, if it is short, reads all that was told. Behind any other something may be, until one finds nothing.</summary>
    private bool readsAll;

    private TcpSocket(Loop loop, int handle)
    {
        (this.loop, Handle, OpenedIn) = (loop, handle, loop.Turns);
        timer = new(loop, TimeOut);
    }

    public int Handle { get; }

    TcpSocket ITransport.Socket => this;

    /// <summary>Something may be there that was not read.</summary>
    public bool MayHold { get; private set; }

    /// <summary>The turn of the loop.</summary>
    public long OpenedIn { get; }

    public required IPEndPoint Peer { get; init; }

    /// <summary>In bytes, that the kernel has taken.</summary>
    public long Written { get; private set; }

    /// <summary>The time that its user gave it is over.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>The same, or its timer is about to come up: nothing new is to begin.</summary>
    public bool IsTimeUp => IsOverdue || timer.IsDue;

    /// <summary>What was written can still arrive.</summary>
    public bool CanSend => !isDisposed && loop.Driver.StateOf(Handle).CanSend;

    /// <summary>The peer's machine has all that was written; where nobody counts, it is taken to.</summary>
    /// <exception cref="SocketFaultException">It is closed, and nobody knows.</exception>
    public bool HasArrived => isDisposed
        ? throw new SocketFaultException(Errno.ConnectionAborted) : loop.Driver.StateOf(Handle).Arrived is not { } arrived || arrived >= Written;

    /// <summary>Begins to connect.</summary>
    /// <exception cref="SocketFaultException">The kernel refuses to.</exception>
    public static TcpSocket Open(Loop loop, IPEndPoint to)
    {
        var handle = loop.Driver.Connect(to);
        if (handle < 0) throw new SocketFaultException(-handle);

        var socket = new TcpSocket(loop, handle) { Peer = to };
        loop.Watch(socket);
        return socket;
    }

    /// <summary>Waits until the connection is made. To be called once, first.</summary>
    /// <exception cref="SocketFaultException">It came to nothing.</exception>
    public async ValueTask ConnectedAsync()
    {
        await WritableAsync();
        ThrowIfOver();
        if (loop.Driver.ConnectError(Handle) is not 0 and var error) throw new SocketFaultException(error);
    }

    /// <summary>From then on every call fails, and who waits is woken.</summary>
    /// <param name="at">By the loop's clock; null: never.</param>
    public void EndAt(long? at)
    {
        if (at is { } due) timer.Set(due);
        else timer.Stop();
    }

    /// <summary>Waits for what comes next. Reading is tried first: what is there already is not told again.</summary>
    public ValueTask ReadableAsync() => reader.WaitAsync();

    /// <summary>Waits until more can be sent. Writing is tried first.</summary>
    public ValueTask WritableAsync() => writer.WaitAsync();

    /// <param name="to">Not empty.</param>
    /// <returns>How many bytes came; 0: the peer sends no more; null: none are there now.</returns>
    /// <exception cref="SocketFaultException">The connection broke, or its time is over.</exception>
    public int? TryRead(Span<byte> to)
    {
        ArgumentOutOfRangeException.ThrowIfZero(to.Length, nameof(to));
        return Checked(Receive(to));
    }

    /// <returns>How many bytes came; 0: the peer sends no more; else a negated errno.</returns>
    public int Receive(Span<byte> to)
    {
        if (Over is not 0 and var over) return -over;

        var read = Noted(loop.Driver.Receive(Handle, to));
        MayHold = read != -Errno.Again && !(readsAll && read > 0 && read < to.Length);
        readsAll = false;
        return read == 0 && broken is not (0 or Errno.BrokenPipe) ? -broken : read;
    }

    /// <returns>How many bytes were sent; null: none can be now.</returns>
    /// <exception cref="SocketFaultException">The connection broke, or its time is over.</exception>
    public int? TryWrite(ReadOnlySpan<byte> bytes) => Checked(Send(bytes));

    /// <returns>How many bytes were sent; else a negated errno.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (Over is not 0 and var over) return -over;

        var sent = Noted(loop.Driver.Send(Handle, bytes));
        Written += Math.Max(sent, 0);
        return sent;
    }

    /// <summary>Sends all of it.</summary>
    /// <exception cref="SocketFaultException">The connection broke, or its time is over.</exception>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (TryWrite(bytes.Span) is { } count) bytes = bytes[count..];
            else await WritableAsync();
        }
    }

    /// <summary>Waits for what comes next. It is looked for first: meanwhile it may come, and the process need not sleep.</summary>
    /// <param name="to">Not empty.</param>
    /// <returns>How many bytes came; 0: the peer sends no more.</returns>
    /// <exception cref="SocketFaultException">The connection broke, or its time is over.</exception>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> to)
    {
        while (true)
        {
            if (TryRead(to.Span) is { } count) return count;

            await ReadableAsync();
        }
    }

    /// <summary>Nothing is due from the peer from now on.</summary>
    /// <param name="whenUnasked">
    /// Called, perhaps more than once, when something comes all the same, or the connection or its time ends. It must not throw.
    /// </param>
    /// <returns>False: something was there already. The connection can only be disposed of.</returns>
    public bool TryRest(Action whenUnasked)
    {
        if (IsOverdue || isDisposed) return false;

        Span<byte> one = stackalloc byte[1];
        if (MayHold && loop.Driver.Receive(Handle, one) != -Errno.Again) return false;

        MayHold = false;
        unasked = whenUnasked;
        return true;
    }

    /// <summary>Something is due again.</summary>
    /// <returns>False: something has come unasked, which is about to be told. The connection can only be disposed of.</returns>
    public bool TryEndRest()
    {
        unasked = null;
        return !MayHold && !IsTimeUp && !isDisposed;
    }

    /// <summary>Notes what is new, before anybody is told of anything.</summary>
    public void Note(Change change)
    {
        if (!change.Readable) return;

        (MayHold, readsAll) = (true, change.IsPlain);
    }

    /// <summary>Tells what is new. What was read since it was noted is no longer unasked.</summary>
    public void Tell(Change change)
    {
        if (change.Readable)
        {
            if (unasked is null) reader.Signal();
            else if (MayHold) unasked();
        }

        if (change.Writable) writer.Signal();
    }

    /// <summary>Who waits is woken, and told that the connection was aborted.</summary>
    public void Dispose()
    {
        if (isDisposed) return;

        isDisposed = true;
        EndAt(null);
        loop.Forget(this);
        loop.Driver.Close(Handle);
        Wake();
    }

    /// <summary>An errno; 0: it can be used.</summary>
    private int Over => IsOverdue ? Errno.TimedOut : isDisposed ? Errno.ConnectionAborted : 0;

    private void TimeOut()
    {
        IsOverdue = true;
        var tell = unasked;
        Wake();
        tell?.Invoke();
    }

    private void Wake()
    {
        unasked = null;
        reader.Signal();
        writer.Signal();
    }

    /// <summary>The end of its time is told to all, though the first of them may dispose of it.</summary>
    private void ThrowIfOver()
    {
        if (Over is not 0 and var over) throw new SocketFaultException(over);
    }

    private int Noted(int result)
    {
        if (result < 0 && result != -Errno.Again && broken == 0) broken = -result;
        return result;
    }

    private static int? Checked(int result) =>
        result >= 0 ? result : result == -Errno.Again ? null : throw new SocketFaultException(-result);
}
