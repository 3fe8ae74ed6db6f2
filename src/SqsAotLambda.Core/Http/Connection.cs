using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>One connection that carries one request at a time.</summary>
internal sealed class Connection : IDisposable
{
    /// <summary>In bytes. A body up to here leaves in one write with its head.</summary>
    private const int MaxCopied = 16 * 1024;

    /// <summary>In bytes, TLS included: Linux's smallest receive buffer takes 1,152.</summary>
    private const int LeastWindow = 1000;

    /// <summary>Between two looks at how much has arrived, in the rare case that an answer comes first.</summary>
    private static readonly TimeSpan ArrivalCheck = TimeSpan.FromMilliseconds(5);

    private readonly SocketStream socket;
    private readonly Stream stream;
    private readonly ResponseReader reader;
    private readonly RequestWriter writer = new();
    /// <summary>The request has room in any server's window, so an answer to it says that it has arrived.</summary>
    private bool isShort;
    private bool used;
    private bool disposed;

    /// <summary>Reads the body of an answer that came before its request was sent whole; null: there was none such.</summary>
    private Task<bool>? early;

    /// <param name="stream">Over the socket; disposed with the connection.</param>
    /// <param name="maxBody">Longest response body taken, in bytes.</param>
    public Connection(SocketStream socket, Stream stream, int maxBody)
    {
        (this.socket, this.stream) = (socket, stream);
        reader = new ResponseReader(stream, maxBody);
    }

    /// <summary>
    /// Nothing has arrived unasked: a readable idle connection is one that the peer closed, or one out of step. Only TLS sends something
    /// by itself, its session tickets, before the first response.
    /// </summary>
    public bool IsOpen =>
        !disposed && reader.IsDrained && (!socket.Socket.Poll(0, SelectMode.SelectRead) || (!used && stream is SslStream && socket.IsEstablished));

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
            var stream = new SocketStream(socket);
            return new(stream, stream, maxBody);
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
    /// Sends a request and reads the head of its response, which may come before the request is sent whole. A status that accepts the request
    /// counts only when the rest was sent too; after any other the rest is not sent.
    /// </summary>
    /// <param name="accepts">The statuses that accept a request.</param>
    public ValueTask<ResponseHead> ExchangeAsync(Request request, Func<int, bool> accepts)
    {
        (used, early, isShort) = (true, null, false);
        if (request.Body is { Length: > MaxCopied } body) return ExchangeAsync(WriteAsync(writer.WriteHead(request), body), accepts);

        var whole = writer.Write(request);
        isShort = whole.Length <= LeastWindow;
        var sending = stream.WriteAsync(whole);
        return sending.IsCompletedSuccessfully ? reader.ReadHeadAsync() : ExchangeAsync(sending.AsTask(), accepts);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        await stream.WriteAsync(head);
        await stream.WriteAsync(body);
    }

    private async ValueTask<ResponseHead> ExchangeAsync(Task sent, Func<int, bool> accepts)
    {
        try
        {
            var head = await reader.ReadHeadAsync();
            if (!accepts(head.Status)) return sent.IsCompletedSuccessfully ? head : head with { KeepAlive = false };

            await ArriveAsync(head, sent);
            return head;
        }
        finally
        {
            if (!sent.IsCompleted) Dispose();
            await sent.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Waits until the server's machine has the whole request, after a head that accepts it: what this machine's kernel still holds is lost when
    /// the server resets the connection.
    /// </summary>
    public ValueTask ArriveAsync(ResponseHead head) => isShort || socket.HasArrived ? default : new(ArriveAsync(head, Task.CompletedTask));

    private async Task ArriveAsync(ResponseHead head, Task sent)
    {
        var whole = ArriveAsync(sent);
        if (!whole.IsCompleted) early = ReadOnAsync(head, whole);
        await whole;
    }

    private async Task ArriveAsync(Task sent)
    {
        await sent;
        // The limit of the exchange closes the socket, which then can't be asked.
        for (; !socket.HasArrived; await Task.Delay(ArrivalCheck, TimeProvider.System, CancellationToken.None))
        {
            if (!socket.IsOpen && !socket.HasArrived)
                throw new IOException("The connection ended before the server's machine had the whole request.");
        }
    }

    /// <summary>A server that answers while it reads stops reading when nobody takes its answer, however long that is.</summary>
    private async Task<bool> ReadOnAsync(ResponseHead head, Task sent)
    {
        if (await ReadBodyAsync(head)) return true;

        var unused = new byte[MaxCopied];
        try
        {
            while (!sent.IsCompleted && await stream.ReadAsync(unused) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // What broke is told by the sending.
        }

        return false;
    }

    /// <summary>Whether the last body was read to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes the body behind a head, when all of it is there already.</summary>
    /// <param name="reusable">The connection can carry another request.</param>
    public bool TryDrain(ResponseHead head, out bool reusable)
    {
        IsWhole = early is null && reader.TryTakeBody(head);
        reusable = IsWhole && head.KeepAlive && reader.IsDrained;
        return IsWhole;
    }

    /// <summary>Reads the body behind a head; one that is cut, too long, too slow or malformed, as far as that.</summary>
    /// <returns>Whether the connection can carry another request.</returns>
    public Task<bool> DrainAsync(ResponseHead head) => early ?? ReadBodyAsync(head);

    private async Task<bool> ReadBodyAsync(ResponseHead head)
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
    public void Abort() => socket.Socket.Dispose();

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
