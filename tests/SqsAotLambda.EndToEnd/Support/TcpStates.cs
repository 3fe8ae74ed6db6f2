using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>Asks the kernel about one TCP connection of this machine; /proc/net/tcp, which holds all of them, takes it milliseconds.</summary>
/// <remarks>https://man7.org/linux/man-pages/man7/sock_diag.7.html</remarks>
internal sealed partial class TcpStates : IDisposable
{
    private const int NetlinkFamily = 16;
    private const int RawSocket = 3;
    private const int SockDiagProtocol = 4;
    private const short SockDiagByFamily = 20;
    private const short Request = 1;
    private const short ErrorType = 2;
    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 56;
    private const byte Ipv4 = 2;
    private const byte Tcp = 6;
    private const byte Established = 1;
    private const int NoSuchEntry = -2;

    private readonly Socket netlink = new(new SafeSocketHandle(OpenSocket(NetlinkFamily, RawSocket, SockDiagProtocol), ownsHandle: true));

    /// <summary>Whether the socket at <paramref name="near"/> has heard nothing of an end of its connection to <paramref name="far"/>.</summary>
    public bool IsEstablished(IPEndPoint near, IPEndPoint far)
    {
        var message = new byte[RequestBytes];
        Write(message, near, far);
        netlink.Send(message);
        var answer = new byte[1024];
        netlink.Receive(answer);
        if (BitConverter.ToInt16(answer, 4) != ErrorType) return answer[HeaderBytes + 1] == Established;

        Assert.Equal(NoSuchEntry, BitConverter.ToInt32(answer, HeaderBytes));
        return false;
    }

    public void Dispose() => netlink.Dispose();

    /// <summary>struct nlmsghdr and struct inet_diag_req_v2; the addresses in the order of the network, all else in the machine's.</summary>
    private static void Write(Span<byte> message, IPEndPoint near, IPEndPoint far)
    {
        BitConverter.TryWriteBytes(message, RequestBytes);
        BitConverter.TryWriteBytes(message[4..], SockDiagByFamily);
        BitConverter.TryWriteBytes(message[6..], Request);
        var request = message[HeaderBytes..];
        (request[0], request[1]) = (Ipv4, Tcp);
        // In any state, over any interface, with any cookie.
        request[4..8].Fill(0xff);
        request[48..].Fill(0xff);
        var connection = request[8..];
        BinaryPrimitives.WriteUInt16BigEndian(connection, (ushort)near.Port);
        BinaryPrimitives.WriteUInt16BigEndian(connection[2..], (ushort)far.Port);
        near.Address.MapToIPv4().TryWriteBytes(connection[4..], out _);
        far.Address.MapToIPv4().TryWriteBytes(connection[20..], out _);
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial nint OpenSocket(int family, int type, int protocol);
}
