using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>A connection of a pool: in use by one exchange, which has a time limit, or at rest.</summary>
internal sealed class PooledConnection(OriginPool pool, Connection connection, Loop loop) : IDisposable
{
    /// <summary>Below the 60 s after which a load balancer closes an idle connection by default.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(50);

    /// <summary>A change of a host's addresses is seen after this.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);

    private readonly long aged = loop.After(MaxAge);
    private Action? drop;

    /// <summary>When the exchange must be over.</summary>
    private long limit;

    public Connection Connection => connection;

    /// <summary>Begins an exchange.</summary>
    /// <param name="until">By the loop's clock; then it is aborted.</param>
    public void Begin(long until) => connection.EndAt(limit = until);

    /// <summary>Aborts the exchange unless it ends by then, or in its own time.</summary>
    public void LimitTo(long until) => Begin(Math.Min(limit, until));

    /// <summary>Begins to rest, in which it is closed by whatever comes, or by its age.</summary>
    /// <returns>False: it can only be closed.</returns>
    public bool TryRest()
    {
        connection.EndAt(Math.Min(loop.After(MaxIdle), aged));
        return connection.TryRest(drop ??= () => pool.Drop(this));
    }

    /// <summary>Ends an exchange that was answered.</summary>
    /// <param name="reusable">The connection can carry another request.</param>
    public void Return(bool reusable) => pool.Take(this, reusable && !connection.IsOverdue);

    /// <summary>Ends an exchange that failed, and closes the connection.</summary>
    /// <returns>What happened; null: no fault of the connection.</returns>
    public Fault? Drop(Exception e)
    {
        var isLate = connection.IsOverdue;
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

    public void Dispose() => connection.Dispose();
}
