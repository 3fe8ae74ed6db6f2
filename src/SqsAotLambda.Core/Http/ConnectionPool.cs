using System.Runtime.CompilerServices;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>Sends requests over connections that are kept open from one to the next, by origin.</summary>
internal sealed class ConnectionPool(Connector connector, ConnectionBudget budget, Loop loop) : IDisposable
{
    private static readonly TimeSpan MaxPreconnect = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Origin, OriginPool> origins = [];

    /// <summary>The URL that was asked for last, which most often is the next one, too.</summary>
    private (Uri Url, OriginPool Origin)? last;

    /// <summary>Sends a request and gives its whole response, as a copy. Where the connection had ended, it is sent once more.</summary>
    /// <exception cref="HttpFaultException">No answer came, or not within the time-out.</exception>
    /// <exception cref="OutOfTimeException">No answer came by the deadline, which was before that.</exception>
    public async Task<Response> FetchAsync(Request request, TimeSpan timeout, Deadline deadline)
    {
        var isShort = deadline.Remaining <= timeout;
        var exchange = await ExchangeAsync(request, Taking.Whole, Keep, timeout, deadline);
        if (exchange.IsOfDeadConnection)
            exchange = await ExchangeAsync(request, Taking.Whole, Keep, timeout - exchange.Latency, deadline, isFresh: true);
        return exchange.Fault switch
        {
            Fault.None => exchange.Response,
            Fault.Timeout when isShort => throw new OutOfTimeException(),
            _ => throw new HttpFaultException(exchange.Fault, exchange.Cause),
        };

        static Exchange Keep(Exchange exchange) => exchange with { Response = exchange.Response.Copy() };
    }

    /// <summary>
    /// One exchange, from a connection that is open, or a new one, to its return: it carries another request, or is closed. Whatever the network
    /// or the server does is a fault of the exchange, not an exception. A request of which nothing could be sent goes over a new connection.
    /// </summary>
    /// <param name="read">Takes of the response what is kept, while its memory holds.</param>
    /// <param name="timeout">For connecting and the exchange together; then, or at the deadline, the exchange is aborted.</param>
    /// <param name="isFresh">Over a new connection, which carries no other request before.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<T> ExchangeAsync<T>(
        Request request, Taking taking, Func<Exchange, T> read, TimeSpan timeout, Deadline deadline, bool isFresh = false)
    {
        var start = loop.Time.GetTimestamp();
        PooledConnection? pooled = null;
        try
        {
            if (deadline.HasPassed) throw new HttpFaultException(Fault.Timeout);

            pooled = await For(request.Url).RentAsync(timeout, deadline, isFresh);
            var connection = pooled.Connection;
            var head = await connection.SendAsync(request, taking.Accepts);
            if (taking.Accepts(head)) await connection.ArriveAsync(head);
            else if (pooled.HasEndedBy(head)) return Read(read, pooled, head, start);
            var latency = loop.Time.GetElapsedTime(start);

            var taken = connection.TakeAsync(head);
            if (taking.MaxDrainTime is { } limit && !taken.IsCompleted) pooled.LimitTo(loop.After(limit));
            var response = await taken;
            if (taking.MaxDrainTime is null && response.Cut is not null) throw CutOff(response);

            var result = read(new(response, latency));
            pooled.Return(response);
            return result;
        }
        catch (HttpFaultException e) when (pooled is null)
        {
            return read(new(default, loop.Time.GetElapsedTime(start), e.Fault, e.InnerException));
        }
        catch (Exception e) when (pooled is not null)
        {
            if (pooled.Fail(e, out var isDead) is not { } fault) throw;
            if (isFresh || fault is Fault.Timeout || pooled.Connection.HasSent)
                return read(new(default, loop.Time.GetElapsedTime(start), fault, e) { IsOfDeadConnection = isDead });
        }

        return await ExchangeAsync(request, taking, read, timeout - loop.Time.GetElapsedTime(start), deadline, isFresh: true);
    }

    /// <summary>Opens a connection ahead of the first request, for a second at most; that it can't be opened, the first request tells.</summary>
    public async Task PreconnectAsync(Uri url)
    {
        try
        {
            await For(url).OpenAheadAsync(Deadline.After(MaxPreconnect, loop.Time) with { Patience = Patience.None });
        }
        catch (Exception)
        {
            // Whatever it is, the first request meets it again and tells it.
        }
    }

    public void Dispose()
    {
        foreach (var origin in origins.Values) origin.Dispose();
    }

    /// <summary>Of an answer that ends its connection, which had rested: its body is not waited for.</summary>
    private T Read<T>(Func<Exchange, T> read, PooledConnection pooled, ResponseHead head, long start)
    {
        var answer = new Response(head, default, KeepAlive: false);
        var result = read(new(answer, loop.Time.GetElapsedTime(start)) { IsOfDeadConnection = true });
        pooled.Abandon();
        return result;
    }

    private static Exception CutOff(in Response response) => response.Head.Doubt is { } doubt
        ? new HttpFormatException(doubt) : new EndOfStreamException($"The body was cut: {response.Cut!.Message}");

    private OriginPool For(Uri url)
    {
        if (last is { } known && ReferenceEquals(known.Url, url)) return known.Origin;

        var key = Origin.Of(url);
        if (!origins.TryGetValue(key, out var origin)) origins.Add(key, origin = new(key, connector, budget, loop));
        last = (url, origin);
        return origin;
    }
}

/// <summary>What became of a request that was sent, or was to be.</summary>
/// <param name="Response">Default where there is a fault.</param>
/// <param name="Latency">From the request to the head of its response, or to its fault.</param>
/// <param name="Fault">None: the response came.</param>
/// <param name="Cause">Of the fault; null where nothing tells it.</param>
internal readonly record struct Exchange(Response Response, TimeSpan Latency, Fault Fault = Fault.None, Exception? Cause = null)
{
    /// <summary>
    /// The server ended the connection, which had carried other requests or rested, as one that is idle: it may not have seen this request, which
    /// may go once more.
    /// </summary>
    public bool IsOfDeadConnection { get; init; }
}

/// <summary>Whether the endpoint has accepted the request, by the head of its answer.</summary>
internal delegate bool Accepts(in ResponseHead head);

/// <summary>What an exchange takes of its response.</summary>
/// <param name="Accepts">Which answers accept a request. They count only once the server's machine has all of it.</param>
/// <param name="MaxDrainTime">
/// How long a body may take that is not there with its head: one that is cut, too long or too slow costs the connection only.
/// Null: the body is wanted whole, has the time of its exchange, and is a fault when it is cut.
/// </param>
internal readonly record struct Taking(Accepts Accepts, TimeSpan? MaxDrainTime)
{
    /// <summary>The whole response; 2xx accepts.</summary>
    public static readonly Taking Whole = new(static (in head) => head.Status is >= 200 and <= 299, MaxDrainTime: null);
}
