using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>One connection that carries one request at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly ResponseReader reader;
    private bool disposed;

    private Connection(Socket socket, int maxBody)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = new ResponseReader(stream, maxBody);
    }

    /// <summary>Nothing has arrived unasked: a readable idle connection is one that the peer closed, or one out of step.</summary>
    public bool IsOpen => !disposed && reader.IsDrained && !socket.Poll(0, SelectMode.SelectRead);

    /// <param name="authority">Host and port.</param>
    /// <param name="maxBody">Longest response body taken, in bytes.</param>
    public static async Task<Connection> OpenAsync(string authority, int maxBody)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Parse(authority));
            return new(socket, maxBody);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits, without limit, for its response.</summary>
    public async Task<Response> ExchangeAsync(ReadOnlyMemory<byte> request)
    {
        await stream.WriteAsync(request);
        return await reader.ReadAsync();
    }

    public void Dispose()
    {
        disposed = true;
        stream.Dispose();
    }

    private static EndPoint Parse(string authority)
    {
        if (IPEndPoint.TryParse(authority, out var address)) return address;

        var uri = new Uri("http://" + authority);
        return new DnsEndPoint(uri.Host, uri.Port);
    }
}
