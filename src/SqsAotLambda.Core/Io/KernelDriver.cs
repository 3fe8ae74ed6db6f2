using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Io;

/// <summary>Linux: epoll and sockets, and the C library's look-up of names.</summary>
internal sealed class KernelDriver : Driver
{
    private const int MaxItems = 64;

    /// <summary>Of a function: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.</summary>
    private const int MinDescriptors = 1024;

    /// <summary>
    /// In bytes, of <c>struct epoll_event</c>: 4 of events and 8 of data. The kernel packs it on x86-64 and nowhere else:
    /// https://man7.org/linux/man-pages/man3/epoll_event.3type.html.
    /// </summary>
    private static readonly int ItemSize = RuntimeInformation.ProcessArchitecture is Architecture.X64 ? 12 : 16;

    private readonly int epoll = Checked(Libc.CreateEpoll(Libc.CloseOnExec), "epoll_create1");
    private readonly byte[] items = new byte[MaxItems * ItemSize];
    private readonly Mailbox mailbox = new();
    private readonly NameThreads names;
    private bool isDisposed;

    /// <param name="time">Null: the machine's clock.</param>
    public KernelDriver(TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        names = new(mailbox);
        Checked(-Watch(mailbox.Event, Libc.In), "epoll_ctl");
    }

    public override TimeProvider Time { get; }

    public override int Descriptors { get; } =
        Libc.GetLimit(Libc.Descriptors, out var limit) == 0 ? (int)Math.Min(limit.Soft, int.MaxValue) : MinDescriptors;

    public override int Connect(IPEndPoint to)
    {
        var family = to.AddressFamily is AddressFamily.InterNetworkV6 ? Libc.Inet6 : Libc.Inet;
        var socket = Libc.Socket(family, Libc.Stream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (socket < 0) return -Marshal.GetLastPInvokeError();

        var on = 1;
        _ = Libc.SetOption(socket, Libc.Tcp, Libc.NoDelay, ref on, sizeof(int));
        var address = to.Serialize();
        var bytes = address.Buffer.Span[..address.Size];
        var error = Libc.Connect(socket, bytes, (uint)bytes.Length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        // After EINTR connecting goes on, as after EINPROGRESS. Watched only now: a socket that does not connect yet counts as hung up.
        if (error is 0 or Errno.InProgress or Errno.Interrupted) error = Watch(socket, Libc.In | Libc.Out | Libc.Urgent | Libc.PeerClosed);
        if (error == 0) return socket;

        _ = Libc.Close(socket);
        return -error;
    }

    public override int ConnectError(int handle)
    {
        var error = 0;
        uint size = sizeof(int);
        return Libc.GetOption(handle, Libc.SocketLevel, Libc.SocketError, ref error, ref size) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    public override int Send(int handle, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var sent = Libc.Send(handle, bytes, (nuint)bytes.Length, Libc.NoSignal);
            if (sent >= 0) return (int)sent;
            if (Marshal.GetLastPInvokeError() is not Errno.Interrupted and var error) return -error;
        }
    }

    public override int Receive(int handle, Span<byte> to)
    {
        while (true)
        {
            var received = Libc.Receive(handle, to, (nuint)to.Length, 0);
            if (received >= 0) return (int)received;
            if (Marshal.GetLastPInvokeError() is not Errno.Interrupted and var error) return -error;
        }
    }

    public override ConnectionState StateOf(int handle)
    {
        Span<byte> info = stackalloc byte[Libc.InfoLength];
        info.Clear();
        var size = (uint)info.Length;
        if (Libc.GetOption(handle, Libc.Tcp, Libc.TcpInfo, info, ref size) != 0) return new(CanSend: false, Arrived: 0);

        var acknowledged = BinaryPrimitives.ReadInt64LittleEndian(info[Libc.AcknowledgedAt..]);
        // The beginning of the connection counts for one. In some sandboxes nobody counts.
        return new(
            info[0] is Libc.Established or Libc.PeerHasEnded,
            acknowledged == 0 ? null : acknowledged - 1);
    }

    /// <summary>Not repeated after EINTR: the descriptor is gone either way, and its number may be another's by then.</summary>
    public override void Close(int handle) => _ = Libc.Close(handle);

    public override void LookUp(string name, Action<NameAnswer> done) => names.Begin(name, done);

    /// <summary>Does something on the loop's thread, out of <see cref="Wait"/>, from any other.</summary>
    public void Post(Action action) => mailbox.Post(action);

    public override int Wait(Span<Change> changes, int milliseconds)
    {
        var count = Libc.WaitEpoll(epoll, items, Math.Min(MaxItems, changes.Length), milliseconds);
        // EINTR comes without a signal's handler, too: when the process was stopped and goes on. The loop then looks at its timers again.
        if (count < 0) return Marshal.GetLastPInvokeError() is Errno.Interrupted ? 0 : Checked(count, "epoll_wait");

        var (told, isPosted) = (0, false);
        for (var index = 0; index < count; index++)
        {
            var item = items.AsSpan(index * ItemSize, ItemSize);
            var events = BinaryPrimitives.ReadUInt32LittleEndian(item);
            var handle = BinaryPrimitives.ReadInt32LittleEndian(item[^8..]);
            if (handle == mailbox.Event)
            {
                isPosted = true;
                continue;
            }

            var broke = (events & (Libc.Error | Libc.HangUp)) != 0;
            changes[told++] = new(
                handle,
                Readable: broke || (events & (Libc.In | Libc.PeerClosed)) != 0,
                Writable: broke || (events & Libc.Out) != 0,
                IsPlain: !broke && (events & (Libc.Urgent | Libc.PeerClosed)) == 0);
        }

        if (isPosted) mailbox.Deliver();
        return told;
    }

    public override void Dispose()
    {
        if (!isDisposed) _ = Libc.Close(epoll);
        isDisposed = true;
        mailbox.Dispose();
    }

    /// <returns>An errno; 0: it is watched.</returns>
    private int Watch(int file, uint events)
    {
        Span<byte> item = stackalloc byte[ItemSize];
        BinaryPrimitives.WriteUInt32LittleEndian(item, events | Libc.EdgeTriggered);
        BinaryPrimitives.WriteInt64LittleEndian(item[^8..], file);
        return Libc.ControlEpoll(epoll, Libc.Add, file, item) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>What no program can go on without.</summary>
    private static int Checked(int result, string call) =>
        result >= 0 ? result : throw new InvalidOperationException($"{call} failed with errno {Marshal.GetLastPInvokeError()}.");
}
