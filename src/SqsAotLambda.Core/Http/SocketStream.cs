using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Http;

/// <summary>A socket that knows how much of what was written the peer's machine has confirmed.</summary>
internal sealed class SocketStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    // Of struct tcp_info in linux/tcp.h, which https://man7.org/linux/man-pages/man7/tcp.7.html gives out as option 11.
    private const int InfoOption = 11, InfoLength = 128, BytesAckedAt = 120;
    private const byte Established = 1, CloseWait = 8;

    /// <summary>In bytes, of what the socket may keep hold of.</summary>
    private const int MaxKept = 64 * 1024;

    private long written;

    public new Socket Socket => base.Socket;

    /// <summary>Neither side has closed it, whatever lies unread.</summary>
    public bool IsEstablished => Info(out _) == Established;

    /// <summary>What was written can still arrive.</summary>
    public bool IsOpen => Info(out _) is Established or CloseWait;

    /// <summary>Also of a connection that has ended since. Where the kernel does not count, as in some sandboxes, all has.</summary>
    public bool HasArrived
    {
        get
        {
            Info(out var acknowledged);
            // The beginning of the connection counts for one.
            return acknowledged == 0 || acknowledged > (ulong)written;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        written += buffer.Length;
        return buffer.Length <= MaxKept ? base.WriteAsync(buffer, cancellationToken) : WriteAndLetGoAsync(buffer, cancellationToken);
    }

    /// <summary>.NET's socket keeps hold of what it sent until it sends again, so it sends nothing once more.</summary>
    private async ValueTask WriteAndLetGoAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        await base.WriteAsync(buffer, cancellationToken);
        try
        {
            await base.WriteAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // All was sent; what has become of it, the answer or the kernel tells.
        }
    }

    /// <summary>The state of the connection, and how many bytes the peer has acknowledged.</summary>
    /// <exception cref="ObjectDisposedException">The socket was closed.</exception>
    private byte Info(out ulong acknowledged)
    {
        Span<byte> info = stackalloc byte[InfoLength];
        info.Clear();
        if (OperatingSystem.IsLinux()) base.Socket.GetRawSocketOption((int)ProtocolType.Tcp, InfoOption, info);
        acknowledged = MemoryMarshal.Read<ulong>(info[BytesAckedAt..]);
        return info[0];
    }
}
