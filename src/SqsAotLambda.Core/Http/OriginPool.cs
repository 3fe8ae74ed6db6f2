namespace SqsAotLambda.Http;

/// <summary>The connections to one origin. They are kept open from one request to the next, which takes the one that was used last.</summary>
internal sealed class OriginPool(Origin origin, Connector connector, TimeProvider time) : IDisposable
{
    /// <summary>Below the 60 s after which a load balancer closes an idle connection by default.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(50);

    /// <summary>A change of a host's addresses is seen after this.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly Lock gate = new();
    private readonly List<PooledConnection> idle = [];

    /// <summary>Null: none was begun yet, or what was begun came to nothing. Without TLS it stays null.</summary>
    private FirstHandshake? first;

    /// <summary>A connection that is open, or a new one, for one exchange.</summary>
    /// <param name="timeout">For connecting and the exchange together; then the exchange is aborted.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public ValueTask<PooledConnection> RentAsync(TimeSpan timeout)
    {
        var now = time.GetTimestamp();
        return TakeOpen(now) is { } pooled ? new(Begin(pooled, now, timeout)) : ConnectAsync(now, timeout);
    }

    /// <summary>Opens a connection for a request to come.</summary>
    /// <exception cref="HttpFaultException">None could be opened.</exception>
    public async Task OpenAheadAsync(CancellationToken deadline)
    {
        var pooled = await OpenAsync(LeadOrNull(), time.GetTimestamp(), deadline);
        lock (gate) idle.Add(pooled);
    }

    /// <summary>Takes back a connection after an exchange.</summary>
    public void Take(PooledConnection pooled, bool reusable)
    {
        PooledConnection? stale = null;
        lock (gate)
        {
            first?.EndWith(pooled);
            if (reusable)
            {
                // One of those that wait longest goes with each that comes: after a burst none is kept that nobody needs.
                if (idle is [var oldest, ..] && !IsFresh(oldest, pooled.ReturnedAt))
                {
                    stale = oldest;
                    idle.RemoveAt(0);
                }

                idle.Add(pooled);
            }
        }

        stale?.Dispose();
        if (!reusable) pooled.Dispose();
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var pooled in idle) pooled.Dispose();
            idle.Clear();
        }
    }

    private static PooledConnection Begin(PooledConnection pooled, long start, TimeSpan timeout)
    {
        pooled.Begin(start, timeout);
        return pooled;
    }

    private async ValueTask<PooledConnection> ConnectAsync(long start, TimeSpan timeout)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        var lead = LeadOrNull();
        if (lead is null && first is { } other)
        {
            await other.SessionAsync(time, timer.Token);
            if (TakeOpen(time.GetTimestamp()) is { } again) return Begin(again, start, timeout);
        }

        return Begin(await OpenAsync(lead, start, timer.Token), start, timeout);
    }

    /// <param name="lead">Null: other connections were opened before.</param>
    private async Task<PooledConnection> OpenAsync(FirstHandshake? lead, long start, CancellationToken deadline)
    {
        try
        {
            var pooled = new PooledConnection(this, await connector.OpenAsync(origin, deadline), time);
            lead?.Connected(pooled, time.GetElapsedTime(start));
            return pooled;
        }
        catch
        {
            if (lead is not null) Abandon(lead);
            throw;
        }
    }

    private PooledConnection? TakeOpen(long now)
    {
        while (TakeLast() is { } pooled)
        {
            if (IsFresh(pooled, now) && pooled.Connection.IsOpen) return pooled;

            if (first is { } handshake && handshake.IsOf(pooled)) Abandon(handshake);
            pooled.Dispose();
        }

        return null;
    }

    private PooledConnection? TakeLast()
    {
        lock (gate)
        {
            if (idle is not [.., var last]) return null;

            idle.RemoveAt(idle.Count - 1);
            return last;
        }
    }

    private bool IsFresh(PooledConnection pooled, long now) =>
        time.GetElapsedTime(pooled.OpenedAt, now) < MaxAge && time.GetElapsedTime(pooled.ReturnedAt, now) < MaxIdle;

    /// <summary>The first handshake, for who is to make it.</summary>
    private FirstHandshake? LeadOrNull()
    {
        lock (gate) return origin.Tls && first is null ? first = new() : null;
    }

    private void Abandon(FirstHandshake handshake)
    {
        lock (gate) first = null;
        handshake.End();
    }
}

/// <summary>What connections lead to.</summary>
internal readonly record struct Origin(bool Tls, string Host, int Port)
{
    public static Origin Of(Uri url) => new(url.Scheme == "https", url.IdnHost, url.Port);
}
