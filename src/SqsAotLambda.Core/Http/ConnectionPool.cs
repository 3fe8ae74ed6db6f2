namespace SqsAotLambda.Http;

/// <summary>Sends requests over connections that are kept open from one to the next, by origin.</summary>
internal sealed class ConnectionPool(Connector connector, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxPreconnect = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Origin, OriginPool> origins = [];

    /// <summary>The URL that was asked for last, which most often is the next one, too.</summary>
    private (Uri Url, OriginPool Origin)? last;

    /// <summary>
    /// Sends a request and reads its whole response. The body is the caller's; the head holds until the connection's next response.
    /// </summary>
    /// <exception cref="HttpFaultException">No answer came, or not within the time-out.</exception>
    /// <exception cref="OutOfTimeException">No answer came by the deadline, which was before that.</exception>
    public async Task<Response> FetchAsync(Request request, TimeSpan timeout, Deadline deadline)
    {
        var left = deadline.Remaining;
        try
        {
            return await FetchWithinAsync(request, timeout < left ? timeout : left);
        }
        catch (HttpFaultException e) when (e.Fault is Fault.Timeout && left <= timeout)
        {
            throw new OutOfTimeException();
        }
    }

    private async Task<Response> FetchWithinAsync(Request request, TimeSpan timeout)
    {
        var pooled = await RentWithinAsync(request.Url, timeout);
        try
        {
            var head = await pooled.Connection.ExchangeAsync(request, IsSuccess);
            if (IsSuccess(head.Status)) await pooled.Connection.ArriveAsync(head);
            var reusable = await pooled.Connection.DrainAsync(head);
            if (!pooled.Connection.IsWhole) throw new EndOfStreamException("The body was cut.");

            var response = new Response(head, pooled.Connection.Body.ToArray(), reusable);
            pooled.Return(reusable);
            return response;
        }
        catch (Exception e)
        {
            if (pooled.Drop(e) is { } fault) throw new HttpFaultException(fault, e);

            throw;
        }
    }

    /// <summary>Opens a connection ahead of the first request, for a second at most; that it can't be opened, the first request tells.</summary>
    public async Task PreconnectAsync(Uri url)
    {
        using var timer = new CancellationTokenSource(MaxPreconnect, time);
        try
        {
            await For(url).OpenAheadAsync(timer.Token);
        }
        catch (Exception)
        {
            // Whatever it is, the first request meets it again and tells it.
        }
    }

    /// <summary>A connection that is open, or a new one, for one exchange.</summary>
    /// <param name="timeout">For connecting and the exchange together; then, or at the deadline, the exchange is aborted.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public ValueTask<PooledConnection> RentAsync(Uri url, TimeSpan timeout, Deadline deadline)
    {
        var left = deadline.Remaining;
        return RentWithinAsync(url, timeout < left ? timeout : left);
    }

    private ValueTask<PooledConnection> RentWithinAsync(Uri url, TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) throw new HttpFaultException(Fault.Timeout);

        var renting = For(url).RentAsync(timeout);
        return renting.IsCompletedSuccessfully ? renting : WaitAsync(renting);
    }

    private static bool IsSuccess(int status) => status is >= 200 and <= 299;

    public void Dispose()
    {
        foreach (var origin in origins.Values) origin.Dispose();
    }

    private static async ValueTask<PooledConnection> WaitAsync(ValueTask<PooledConnection> renting)
    {
        try
        {
            return await renting;
        }
        catch (OperationCanceledException e)
        {
            throw new HttpFaultException(Fault.Timeout, e);
        }
    }

    private OriginPool For(Uri url)
    {
        lock (gate)
        {
            if (last is { } known && ReferenceEquals(known.Url, url)) return known.Origin;

            var key = Origin.Of(url);
            if (!origins.TryGetValue(key, out var origin)) origins.Add(key, origin = new(key, connector, time));
            last = (url, origin);
            return origin;
        }
    }
}
