using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Tests.Support;

/// <summary>A port whose backlog is full: the kernel lets a further connection wait without an answer.</summary>
internal sealed class FullListener : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> waiting = [];

    public FullListener()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(backlog: 1);
        for (var each = 0; each < 8; each++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            waiting.Add(socket);
            try
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock || e.SocketErrorCode == SocketError.InProgress)
            {
                // It waits in the backlog, or for a place in it.
            }
        }
    }

    public IPEndPoint EndPoint => (IPEndPoint)listener.LocalEndPoint!;

    public Uri Url => new($"http://127.0.0.1:{EndPoint.Port}/");

    public void Dispose()
    {
        waiting.ForEach(socket => socket.Dispose());
        listener.Dispose();
    }
}
