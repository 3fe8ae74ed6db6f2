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

    /// <summary>Sends a request and gives its whole response, as a copy.</summary>
    /// <exception cref="HttpFaultException">No answer came, or not within the time-out.</exception>
    /// <exception cref="OutOfTimeException">No answer came by the deadline, which was before that.</exception>
    public async Task<Response> FetchAsync(Request request, TimeSpan timeout, Deadline deadline)
    {
        var isShort = deadline.Remaining <= timeout;
        var exchange = await ExchangeAsync(
            request, Taking.Whole, static exchange => exchange with { Response = exchange.Response.Copy() }, timeout, deadline);
        return exchange.Fault switch
        {
            Fault.None => exchange.Response,
            Fault.Timeout when isShort => throw new OutOfTimeException(),
            _ => throw new HttpFaultException(exchange.Fault, exchange.Cause),
        };
    }

    /// <summary>
    /// One exchange, from a connection that is open, or a new one, to its return: it carries another request, or is closed. Whatever the network
    /// or the server does is a fault of the exchange, not an exception.
    /// </summary>
    /// <param name="read">Takes of the response what is kept, while its memory holds.</param>
    /// <param name="timeout">For connecting and the exchange together; then, or at the deadline, the exchange is aborted.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<T> ExchangeAsync<T>(Request request, Taking taking, Func<Exchange, T> read, TimeSpan timeout, Deadline deadline)
    {
        var start = loop.Time.GetTimestamp();
        PooledConnection? pooled = null;
        try
        {
            if (deadline.HasPassed) throw new HttpFaultException(Fault.Timeout);

            pooled = await For(request.Url).RentAsync(timeout, deadline);
            var connection = pooled.Connection;
            var head = await connection.SendAsync(request, taking.Accepts);
            if (taking.Accepts(head.Status)) await connection.ArriveAsync(head);
            var latency = loop.Time.GetElapsedTime(start);

            var taken = connection.TakeAsync(head);
            if (taking.MaxDrainTime is { } limit && !taken.IsCompleted) pooled.LimitTo(loop.After(limit));
            var response = await taken;
            if (taking.MaxDrainTime is null && response.Cut is not null) throw CutOff(response);

            var result = read(new(response, latency));
            pooled.Return(response.KeepAlive);
            return result;
        }
        catch (HttpFaultException e) when (pooled is null)
        {
            return read(new(default, loop.Time.GetElapsedTime(start), e.Fault, e.InnerException));
        }
        catch (Exception e) when (pooled is not null)
        {
            if (pooled.Fail(e) is { } fault) return read(new(default, loop.Time.GetElapsedTime(start), fault, e));

            throw;
        }
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

/// <summary>A connection of a pool: in use by one exchange, which has a time limit, or at rest.</summary>
internal sealed class PooledConnection : IDisposable
{
    /// <summary>Below the 60 s after which a load balancer closes an idle connection by default.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(50);

    /// <summary>A change of a host's addresses is seen after this.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly OriginPool pool;
    private readonly ConnectionBudget budget;
    private readonly Loop loop;
    private readonly long aged;
    private readonly LinkedListNode<PooledConnection> place;
    private readonly Action drop;

    /// <summary>When the exchange must be over.</summary>
    private long limit;

    private bool isDisposed;

    /// <param name="budget">It was entered for this connection.</param>
    public PooledConnection(OriginPool pool, Connection connection, ConnectionBudget budget, Loop loop)
    {
        (this.pool, Connection, this.budget, this.loop, aged, drop) = (pool, connection, budget, loop, loop.After(MaxAge), Drop);
        place = new(this);
    }

    public Connection Connection { get; }

    /// <summary>Nothing has come that nobody asked for.</summary>
    public bool IsReady => Connection.TryRest(drop) && Connection.TryEndRest();

    /// <summary>Begins an exchange.</summary>
    /// <param name="until">By the loop's clock; then it is aborted.</param>
    public void Begin(long until) => Connection.EndAt(limit = until);

    /// <summary>Aborts the exchange unless it ends by then, or in its own time.</summary>
    public void LimitTo(long until) => Begin(Math.Min(limit, until));

    /// <summary>Begins to rest, in which it is closed by whatever comes, by its age, or for a new connection.</summary>
    /// <returns>False: it can only be closed.</returns>
    public bool TryRest()
    {
        Connection.EndAt(Math.Min(loop.After(MaxIdle), aged));
        return Connection.TryRest(drop) && budget.TryRest(place);
    }

    /// <summary>It is to carry a request.</summary>
    /// <returns>False: it can only be closed.</returns>
    public bool TryEndRest()
    {
        budget.EndRest(place);
        return Connection.TryEndRest();
    }

    /// <summary>Ends an exchange that was answered.</summary>
    /// <param name="reusable">The connection can carry another request.</param>
    public void Return(bool reusable) => pool.Take(this, reusable && !Connection.IsOverdue);

    /// <summary>Ends an exchange that failed, and closes the connection.</summary>
    /// <returns>What happened; null: no fault of the connection.</returns>
    public Fault? Fail(Exception e)
    {
        var isLate = Connection.IsOverdue;
        pool.Take(this, reusable: false);
        return e switch
        {
            not (IOException or HttpFormatException or ObjectDisposedException) => null,
            _ when isLate => Fault.Timeout,
            EndOfStreamException => Fault.Truncated,
            HttpFormatException => Fault.Malformed,
            _ => Fault.Reset,
        };
    }

    /// <summary>Ends its rest, and closes it.</summary>
    public void Drop() => pool.Drop(this);

    public void Dispose()
    {
        if (isDisposed) return;

        isDisposed = true;
        budget.EndRest(place);
        Connection.Dispose();
        budget.Leave();
    }
}

/// <summary>What became of a request that was sent, or was to be.</summary>
/// <param name="Response">Default where there is a fault.</param>
/// <param name="Latency">From the request to the head of its response, or to its fault.</param>
/// <param name="Fault">None: the response came.</param>
/// <param name="Cause">Of the fault; null where nothing tells it.</param>
internal readonly record struct Exchange(Response Response, TimeSpan Latency, Fault Fault = Fault.None, Exception? Cause = null);

/// <summary>What an exchange takes of its response.</summary>
/// <param name="Accepts">The statuses that accept a request. They count only once the server's machine has all of it.</param>
/// <param name="MaxDrainTime">
/// How long a body may take that is not there with its head: one that is cut, too long or too slow costs the connection only.
/// Null: the body is wanted whole, has the time of its exchange, and is a fault when it is cut.
/// </param>
internal readonly record struct Taking(Func<int, bool> Accepts, TimeSpan? MaxDrainTime)
{
    /// <summary>The whole response; 2xx accepts.</summary>
    public static readonly Taking Whole = new(static status => status is >= 200 and <= 299, MaxDrainTime: null);
}
