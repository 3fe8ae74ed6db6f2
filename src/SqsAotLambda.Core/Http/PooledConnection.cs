using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>A connection of a pool: in use by one exchange, which has a time limit, or at rest.</summary>
internal sealed class PooledConnection : IDisposable
{
    /// <summary>A server may say it to a connection that rests: <see href="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.9"/>.</summary>
    private const int RequestTimeout = 408;

    /// <summary>In bytes, up to the end of its status.</summary>
    private const int StartOfAnswer = 12;

    /// <summary>Below the 60 s after which a load balancer closes an idle connection by default.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(50);

    /// <summary>A change of a host's addresses is seen after this.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly OriginPool pool;
    private readonly ConnectionBudget budget;
    private readonly Loop loop;
    private readonly long aged;
    private readonly LinkedListNode<PooledConnection> place;
    private readonly Action whenUnasked;

    /// <summary>When the exchange must be over.</summary>
    private long limit;

    /// <summary>It carried another request before the present one.</summary>
    private bool isReused;

    private bool hasRested, isDisposed;

    private KeepAlive keepAlive = KeepAlive.Unsaid;

    /// <param name="budget">It was entered for this connection.</param>
    public PooledConnection(OriginPool pool, Connection connection, ConnectionBudget budget, Loop loop)
    {
        (this.pool, Connection, this.budget, this.loop, aged, whenUnasked) =
            (pool, connection, budget, loop, loop.After(MaxAge), Close);
        place = new(this);
    }

    public Connection Connection { get; }

    /// <summary>Nothing has come that nobody asked for.</summary>
    public bool IsReady => Connection.TryRest(whenUnasked) && Connection.TryEndRest();

    /// <summary>Begins an exchange.</summary>
    /// <param name="until">By the loop's clock; then it is aborted.</param>
    public void Begin(long until)
    {
        isReused = Connection.IsUsed;
        Connection.EndAt(limit = until);
    }

    /// <summary>Aborts the exchange unless it ends by then, or in its own time.</summary>
    public void LimitTo(long until) => Connection.EndAt(limit = Math.Min(limit, until));

    /// <summary>Begins to rest, in which it is closed by whatever comes, by its age, or for a new connection.</summary>
    /// <returns>False: it can only be closed.</returns>
    public bool TryRest()
    {
        hasRested = true;
        Connection.EndAt(Math.Min(loop.After(keepAlive.Rest < MaxIdle ? keepAlive.Rest : MaxIdle), aged));
        return Connection.TryRest(whenUnasked) && budget.TryRest(place);
    }

    /// <summary>It is to carry a request.</summary>
    /// <returns>False: it can only be closed.</returns>
    public bool TryEndRest()
    {
        budget.EndRest(place);
        return Connection.TryEndRest();
    }

    /// <summary>
    /// This answer says that the server has ended the connection, since no request came for long: it may not have seen the present one.
    /// </summary>
    public bool HasEndedBy(ResponseHead head) => head.Status == RequestTimeout && (isReused || hasRested);

    /// <summary>Ends an exchange that was answered.</summary>
    public void Return(in Response response)
    {
        if (response.Cut is null && Connection.HasUnasked) pool.Reuse.NoteUnasked();
        if (response.KeepAlive) keepAlive = keepAlive.After(response.Head.Bytes.Span);
        pool.Take(this, response.KeepAlive && keepAlive.AllowsMore);
    }

    /// <summary>Ends an exchange whose connection the server had ended.</summary>
    public void Abandon()
    {
        if (isReused) pool.Reuse.NoteEnd();
        pool.Take(this, reusable: false);
    }

    /// <summary>Ends an exchange that failed, and closes the connection.</summary>
    /// <param name="isDead">
    /// It ended before anything of an answer, and had carried another request: the server may not have seen the present one.
    /// </param>
    /// <returns>What happened; null: no fault of the connection.</returns>
    public Fault? Fail(Exception e, out bool isDead)
    {
        var isLate = Connection.IsOverdue;
        isDead = isReused && !isLate && e is IOException && !Connection.HasAnswered;
        if (isDead) Abandon();
        else pool.Take(this, reusable: false);
        return e switch
        {
            not (IOException or HttpFormatException or ObjectDisposedException) => null,
            _ when isLate => Fault.Timeout,
            EndOfStreamException => Fault.Truncated,
            HttpFormatException => Fault.Malformed,
            _ => Fault.Reset,
        };
    }

    /// <summary>Ends its rest, and closes it, because of what came meanwhile.</summary>
    public void Close()
    {
        if (!Connection.IsOverdue) _ = LookAsync();
        Drop();
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

    /// <summary>Tells the pool if it was more than the connection's end, or the word that it ends.</summary>
    private async Task LookAsync()
    {
        var bytes = new byte[StartOfAnswer];
        try
        {
            // Its first byte may have been read before.
            var count = await Connection.ReadUnaskedAsync(bytes);
            if (count > 0 && bytes.AsSpan().IndexOf(" 408"u8) < 0) pool.Reuse.NoteUnasked();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It ended, and is closed.
        }
    }
}
