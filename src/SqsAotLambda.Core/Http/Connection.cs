using System.Net;
using SqsAotLambda.Io;

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

    private readonly ITransport transport;
    private readonly TcpSocket socket;
    private readonly Loop loop;
    private readonly ResponseReader reader;
    private readonly RequestWriter writer = new();

    /// <summary>The request was sent at once, and has room in any server's window, so an answer to it says that it has arrived.</summary>
    private bool isShort;

    /// <summary>Of earlier requests something may be under way still.</summary>
    private bool isUnconfirmed;

    private bool isUsed;

    /// <summary>In bytes, written and read before the present request.</summary>
    private long writtenBefore, takenBefore;

    /// <summary>Reads the body of an answer that came before its request was sent whole; null: there was none such.</summary>
    private Task<Response>? early;

    /// <param name="transport">Disposed with the connection.</param>
    /// <param name="maxBody">Longest response body taken, in bytes.</param>
    public Connection(ITransport transport, int maxBody, Loop loop)
    {
        (this.transport, socket, this.loop) = (transport, transport.Socket, loop);
        reader = new ResponseReader(transport, maxBody);
    }

    public IPEndPoint Peer => socket.Peer;

    /// <summary>The time of what it does, or of its rest, is over.</summary>
    public bool IsOverdue => socket.IsOverdue;

    /// <summary>It has carried a request, or carries one.</summary>
    public bool IsUsed => isUsed;

    /// <summary>Something of the present request has left.</summary>
    public bool HasSent => socket.Written > writtenBefore;

    /// <summary>Something of an answer to the present request has come, if only an interim one.</summary>
    public bool HasAnswered => reader.Taken > takenBefore;

    /// <summary>Behind a whole answer something has come that nobody asked for.</summary>
    public bool HasUnasked => reader.HasMore;

    /// <summary>Without TLS, and to any address.</summary>
    /// <param name="authority">Host and port.</param>
    /// <exception cref="SocketFaultException">No connection came about.</exception>
    public static async ValueTask<Connection> OpenAsync(Loop loop, string authority, int maxBody)
    {
        var (host, port) = Parse(authority);
        var addresses = (await loop.LookUpAsync(host, Loop.Never))!.Value.Addresses;
        if (addresses.Length == 0) throw new IOException($"There is no host {host}.");

        var endpoints = Array.ConvertAll(addresses, address => new IPEndPoint(address, port));
        return new(await AddressRace.ConnectAsync(loop, endpoints, Loop.Never), maxBody, loop);
    }

    /// <summary>From then on whatever the connection does fails.</summary>
    /// <param name="at">By the loop's clock; null: never.</param>
    public void EndAt(long? at) => socket.EndAt(at);

    /// <summary>Nothing is due until its next request.</summary>
    /// <inheritdoc cref="ITransport.TryRest"/>
    public bool TryRest(Action whenUnasked) => reader.IsDrained && transport.TryRest(whenUnasked);

    /// <summary>It is to carry a request.</summary>
    /// <returns>False: it can't, and is to be disposed of.</returns>
    public bool TryEndRest() => transport.TryEndRest();

    /// <summary>Reads what came while nothing was due. Then the connection can only be disposed of, and what is awaited then fails.</summary>
    /// <returns>How many bytes came; 0: the peer sends no more.</returns>
    public ValueTask<int> ReadUnaskedAsync(Memory<byte> to) => transport.ReadAsync(to);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, ReadOnlyMemory{byte}, Accepts)"/>
    public ValueTask<ResponseHead> SendAsync(Request request, Accepts accepts) => request.Body is { Length: > MaxCopied } body
        ? SendAsync(writer.WriteHead(request), body, accepts)
        : SendAsync(writer.Write(request), default, accepts);

    /// <summary>
    /// Sends a request and reads the head of its response, which may come before the request is sent whole. One that accepts the request
    /// counts only when the rest was sent too; after any other the rest is not sent. <see cref="TakeAsync"/> comes after it.
    /// </summary>
    /// <param name="body">What is written after the request's first bytes; empty: nothing.</param>
    /// <param name="accepts">Which answers accept it.</param>
    public ValueTask<ResponseHead> SendAsync(ReadOnlyMemory<byte> request, ReadOnlyMemory<byte> body, Accepts accepts)
    {
        (writtenBefore, takenBefore) = (socket.Written, reader.Taken);
        var sending = body.IsEmpty ? transport.WriteAsync(request) : new(WriteAsync(request, body));
        isShort = sending.IsCompletedSuccessfully && !isUnconfirmed && request.Length + body.Length <= LeastWindow;
        (isUsed, early, isUnconfirmed) = (true, null, !isShort);
        return sending.IsCompletedSuccessfully ? reader.ReadHeadAsync() : SendAsync(sending.AsTask(), accepts);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        await transport.WriteAsync(head);
        await transport.WriteAsync(body);
    }

    private async ValueTask<ResponseHead> SendAsync(Task sent, Accepts accepts)
    {
        try
        {
            var head = await reader.ReadHeadAsync();
            if (!HasSent) throw new IOException("An answer came before anything of its request was sent.");
            if (!accepts(head)) return sent.IsCompletedSuccessfully ? head : head with { KeepAlive = false };

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
    public ValueTask ArriveAsync(ResponseHead head)
    {
        if (!isShort && !socket.HasArrived) return new(ArriveAsync(head, Task.CompletedTask));

        isUnconfirmed = false;
        return default;
    }

    private async Task ArriveAsync(ResponseHead head, Task sent)
    {
        var whole = ArriveAsync(sent);
        if (!whole.IsCompleted) early = ReadOnAsync(head, whole);
        await whole;
    }

    private async Task ArriveAsync(Task sent)
    {
        await sent;
        // The limit of the exchange does not wake who waits here; it is met by the next look.
        for (; !socket.HasArrived; await loop.WaitUntilAsync(loop.After(ArrivalCheck)))
        {
            if (IsOverdue) throw new SocketFaultException(Errno.TimedOut);
            if (!socket.CanSend && !socket.HasArrived)
                throw new IOException("The connection ended before the server's machine had the whole request.");
        }

        isUnconfirmed = false;
    }

    /// <summary>A server that answers while it reads stops reading when nobody takes its answer, however long that is.</summary>
    private async Task<Response> ReadOnAsync(ResponseHead head, Task sent)
    {
        var response = await TakeBodyAsync(head);
        if (response.KeepAlive) return response;

        var unused = new byte[MaxCopied];
        try
        {
            while (!sent.IsCompleted && await transport.ReadAsync(unused) > 0)
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

    public void Dispose() => transport.Dispose();

    private static (string Host, int Port) Parse(string authority)
    {
        if (IPEndPoint.TryParse(authority, out var address)) return (address.Address.ToString(), address.Port);

        var uri = new Uri("http://" + authority);
        return (uri.Host, uri.Port);
    }
}
