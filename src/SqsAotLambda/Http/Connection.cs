using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>One connection that carries one request at a time.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>In bytes. A body up to here leaves in one write with its head.</summary>
    private const int MaxCopied = 16 * 1024;

    private readonly Socket socket;
    private readonly Stream stream;
    private readonly ResponseReader reader;
    private readonly RequestWriter writer = new();
    private bool used;
    private bool disposed;

    /// <param name="stream">Over the socket; disposed with the connection.</param>
    /// <param name="maxBody">Longest response body taken, in bytes.</param>
    public Connection(Socket socket, Stream stream, int maxBody)
    {
        (this.socket, this.stream) = (socket, stream);
        reader = new ResponseReader(stream, maxBody);
    }

    /// <summary>
    /// Nothing has arrived unasked: a readable idle connection is one that the peer closed, or one out of step. Only TLS sends something
    /// by itself, its session tickets, before the first response.
    /// </summary>
    public bool IsOpen => !disposed && reader.IsDrained && (!socket.Poll(0, SelectMode.SelectRead) || (!used && stream is SslStream && IsEstablished));

    /// <summary>Neither side has closed it, whatever lies unread.</summary>
    private bool IsEstablished
    {
        get
        {
            // The first byte of Linux's TCP_INFO is the state, of which TCP_ESTABLISHED is 1.
            Span<byte> info = stackalloc byte[8];
            return OperatingSystem.IsLinux() && socket.GetRawSocketOption((int)ProtocolType.Tcp, optionName: 11, info) > 0 && info[0] == 1;
        }
    }

    /// <summary>The body of the last response, as far as it was read.</summary>
    public ReadOnlyMemory<byte> Body => reader.Body;

    /// <summary>
    /// Without TLS, and to any address. It blocks: what connects within the machine does so at once, and the threads that waiting would
    /// start are started while the first answer is awaited.
    /// </summary>
    /// <param name="authority">Host and port.</param>
    public static Connection Open(string authority, int maxBody)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(Parse(authority));
            return new(socket, new NetworkStream(socket, ownsSocket: true), maxBody);
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
        used = true;
        await stream.WriteAsync(request);
        return await reader.ReadAsync();
    }

    /// <summary>
    /// Sends a request and reads the head of its response, which may come before the request is sent whole: what is left is then not sent.
    /// </summary>
    public ValueTask<ResponseHead> ExchangeAsync(Request request)
    {
        used = true;
        var sending = request.Body is { Length: > MaxCopied } body ? WriteAsync(writer.WriteHead(request), body) : stream.WriteAsync(writer.Write(request));
        return sending.IsCompletedSuccessfully ? reader.ReadHeadAsync() : ExchangeAsync(sending.AsTask());
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        await stream.WriteAsync(head);
        await stream.WriteAsync(body);
    }

    private async ValueTask<ResponseHead> ExchangeAsync(Task sent)
    {
        try
        {
            var head = await reader.ReadHeadAsync();
            return sent.IsCompletedSuccessfully ? head : head with { KeepAlive = false };
        }
        finally
        {
            if (!sent.IsCompleted) Dispose();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whether the last body was read to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes the body behind a head, when all of it is there already.</summary>
    /// <param name="reusable">The connection can carry another request.</param>
    public bool TryDrain(ResponseHead head, out bool reusable)
    {
        IsWhole = reader.TryTakeBody(head);
        reusable = IsWhole && head.KeepAlive && reader.IsDrained;
        return IsWhole;
    }

    /// <summary>Reads the body behind a head; one that is cut, too long, too slow or malformed, as far as that.</summary>
    /// <returns>Whether the connection can carry another request.</returns>
    public async Task<bool> DrainAsync(ResponseHead head)
    {
        try
        {
            IsWhole = false;
            var delimited = await reader.ReadBodyAsync(head);
            IsWhole = true;
            return delimited && head.KeepAlive && reader.IsDrained;
        }
        catch (Exception e) when (e is IOException or HttpFormatException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends what the connection is doing, from any thread: it fails. The connection is still to be disposed.</summary>
    public void Abort() => socket.Dispose();

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
