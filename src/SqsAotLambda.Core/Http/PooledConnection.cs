using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

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
