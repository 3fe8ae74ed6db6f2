using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>A server on 127.0.0.1: each connection has a thread that blocks, so nothing but the answers costs CPU time.</summary>
internal sealed class Server : IDisposable
{
    private const int StackBytes = 256 * 1024;

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> open = [];
    private readonly Lock gate = new();
    private bool disposed;

    /// <param name="connections">How many it serves at once. Their threads wait in accept, so that no connection waits for a thread.</param>
    /// <param name="serve">Talks to a peer until either hangs up.</param>
    public Server(int connections, Action<Stream> serve)
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(connections);
        Authority = $"127.0.0.1:{Port}";
        for (var number = 0; number < connections; number++) new Thread(() => AcceptAll(serve), StackBytes) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>Host and port, by address.</summary>
    public string Authority { get; }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            listener.Dispose();
            foreach (var socket in open) socket.Dispose();
        }
    }

    private void AcceptAll(Action<Stream> serve)
    {
        while (TryAccept() is { } socket)
        {
            try
            {
                using var stream = new NetworkStream(socket, ownsSocket: true);
                serve(stream);
            }
            // A peer that is killed breaks its connections; one that does not speak HTTP or trust us is missed elsewhere.
            catch (Exception e) when (
                e is IOException or ObjectDisposedException or AuthenticationException or InvalidDataException or FormatException)
            {
            }
            lock (gate) open.Remove(socket);
        }
    }

    /// <returns>null when the server is disposed.</returns>
    private Socket? TryAccept()
    {
        try
        {
            var socket = listener.Accept();
            socket.NoDelay = true;
            lock (gate)
            {
                if (!disposed)
                {
                    open.Add(socket);
                    return socket;
                }
            }
            socket.Dispose();
            return null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
