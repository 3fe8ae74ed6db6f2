using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SqsAotLambda.Io;

/// <summary>
/// What the loop needs of the C library. Values are Linux's, the same on x86-64 and arm64. A call that fails leaves its errno to
/// <see cref="Marshal.GetLastPInvokeError"/>.
/// </summary>
internal static unsafe partial class Libc
{
    public const int Stream = 1, NonBlocking = 0x800, CloseOnExec = 0x80000;
    public const int NoSignal = 0x4000;
    public const int Tcp = 6, NoDelay = 1, SocketLevel = 1, SocketError = 4;
    public const uint In = 1, Urgent = 2, Out = 4, Error = 8, HangUp = 0x10, PeerClosed = 0x2000, EdgeTriggered = 1u << 31;
    public const int Add = 1;

    /// <summary>Option 11 of <c>tcp(7)</c>, and of its <c>struct tcp_info</c> in linux/tcp.h the state and <c>tcpi_bytes_acked</c>.</summary>
    public const int TcpInfo = 11, InfoLength = 128, AcknowledgedAt = 120;

    public const byte Established = 1, PeerHasEnded = 8;
    public const int Inet = 2, Inet6 = 10;
    public const int Descriptors = 7;

    private const string Name = "libc";

    [LibraryImport(Name, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int domain, int type, int protocol);

    [LibraryImport(Name, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport(Name, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int socket, ReadOnlySpan<byte> bytes, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int socket, Span<byte> bytes, nuint length, int flags);

    [LibraryImport(Name, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, ref long value, nuint length);

    [LibraryImport(Name, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ref long value, nuint length);

    [LibraryImport(Name, EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport(Name, EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetOption(int socket, int level, int name, ref int value, uint length);

    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int socket, int level, int name, ref int value, ref uint length);

    [LibraryImport(Name, EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetOption(int socket, int level, int name, Span<byte> value, ref uint length);

    [LibraryImport(Name, EntryPoint = "getrlimit")]
    public static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport(Name, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreateEpoll(int flags);

    [LibraryImport(Name, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlEpoll(int epoll, int operation, int file, ReadOnlySpan<byte> item);

    [LibraryImport(Name, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitEpoll(int epoll, Span<byte> items, int count, int milliseconds);

    [LibraryImport(Name, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport(Name, EntryPoint = "getaddrinfo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LookUp(string node, byte* service, in AddressInfo hints, out AddressInfo* list);

    [LibraryImport(Name, EntryPoint = "freeaddrinfo")]
    public static partial void Free(AddressInfo* list);

    [LibraryImport(Name, EntryPoint = "gai_strerror")]
    public static partial byte* LookUpError(int code);

    /// <summary><c>struct rlimit</c>.</summary>
    public struct Limit
    {
        public ulong Soft, Hard;
    }

    /// <summary><c>struct addrinfo</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressInfo
    {
        public int Flags, Family, Type, Protocol;
        public uint Length;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }
}
