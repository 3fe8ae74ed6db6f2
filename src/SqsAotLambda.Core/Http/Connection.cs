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
    private Task<Response>? early;

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

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, Func{int, bool})"/>
    public ValueTask<ResponseHead> SendAsync(Request request, Func<int, bool> accepts) => request.Body is { Length: > MaxCopied } body
        ? SendAsync(writer.WriteHead(request), body, accepts)
        : SendAsync(writer.Write(request), default, accepts);

    /// <summary>
    /// Sends a request and reads the head of its response, which may come before the request is sent whole. A status that accepts the request
    /// counts only when the rest was sent too; after any other the rest is not sent. <see cref="TakeAsync"/> comes after it.
    /// </summary>
    /// <param name="body">What is written after the request's first bytes; empty: nothing.</param>
    /// <param name="accepts">The statuses that accept a request.</param>
    public ValueTask<ResponseHead> SendAsync(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> body, Func<int, bool> accepts)
    {
        (used, early, isShort) = (true, null, request.Length + body.Length <= LeastWindow);
        var sending = body.IsEmpty ? stream.WriteAsync(request) : new(WriteAsync(request, body));
        return sending.IsCompletedSuccessfully ? reader.ReadHeadAsync() : SendAsync(sending.AsTask(), accepts);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        await stream.WriteAsync(head);
        await stream.WriteAsync(body);
    }

    private async ValueTask<ResponseHead> SendAsync(Task sent, Func<int, bool> accepts)
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
    private async Task<Response> ReadOnAsync(ResponseHead head, Task sent)
    {
        var response = await TakeBodyAsync(head);
        if (response.KeepAlive) return response;

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

        return response;
    }

    /// <summary>Takes the body behind a head; one that is cut, too long, too slow or malformed, as far as that.</summary>
    public ValueTask<Response> TakeAsync(ResponseHead head)
    {
        if (early is not null) return new(early);

        return reader.TryTake(head, out var response) ? new(response) : new(TakeBodyAsync(head));
    }

    private async Task<Response> TakeBodyAsync(ResponseHead head)
    {
        try
        {
            return await reader.TakeAsync(head);
        }
        catch (Exception e) when (e is IOException or HttpFormatException or ObjectDisposedException)
        {
            return new(head, reader.Body, KeepAlive: false, Cut: e);
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
