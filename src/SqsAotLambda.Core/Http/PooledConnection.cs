using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>A connection of a pool: when it was opened and last returned, and when its present exchange must be over.</summary>
internal sealed class PooledConnection(OriginPool pool, Connection connection, TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    /// <summary>Once set, it runs on from one exchange to the next, and is set anew only where it would come too late.</summary>
    private ITimer? timer;

    /// <summary>When the timer comes.</summary>
    private long alarm = long.MaxValue;

    /// <summary>When the exchange must be over.</summary>
    private long limit = long.MaxValue;

    /// <summary>The limit has aborted the exchange.</summary>
    private bool isOverdue;

    public Connection Connection => connection;

    public long OpenedAt { get; } = time.GetTimestamp();

    public long ReturnedAt { get; private set; } = time.GetTimestamp();

    /// <summary>Begins an exchange.</summary>
    /// <param name="start">From when the time-out counts, at which the exchange is aborted.</param>
    public void Begin(long start, TimeSpan timeout) => LimitTo(start, timeout);

    /// <summary>Aborts the exchange unless it ends within that time from now, or in its own.</summary>
    public void LimitTo(TimeSpan timeout) => LimitTo(time.GetTimestamp(), timeout);

    /// <summary>Ends an exchange that was answered.</summary>
    /// <param name="reusable">The connection can carry another request.</param>
    public void Return(bool reusable)
    {
        ReturnedAt = time.GetTimestamp();
        pool.Take(this, End() && reusable);
    }

    /// <summary>Ends an exchange that failed, and closes the connection.</summary>
    /// <returns>What happened; null: no fault of the connection.</returns>
    public Fault? Drop(Exception e)
    {
        var inTime = End();
        pool.Take(this, reusable: false);
        return e switch
        {
            not (IOException or HttpFormatException or SocketException or ObjectDisposedException) => null,
            _ when !inTime => Fault.Timeout,
            EndOfStreamException => Fault.Truncated,
            HttpFormatException => Fault.Malformed,
            _ => Fault.Reset,
        };
    }

    public void Dispose()
    {
        timer?.Dispose();
        connection.Dispose();
    }

    /// <returns>False when the exchange was aborted.</returns>
    private bool End()
    {
        lock (gate)
        {
            limit = long.MaxValue;
            return !isOverdue;
        }
    }

    private void LimitTo(long start, TimeSpan timeout)
    {
        lock (gate)
        {
            limit = Math.Min(limit, start + (long)(timeout.TotalSeconds * time.TimestampFrequency));
            if (limit < alarm) SetAlarm(time.GetElapsedTime(time.GetTimestamp(), limit));
        }
    }

    private void SetAlarm(TimeSpan wait)
    {
        // A timer's milliseconds are whole; a little too late is right.
        var whole = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
        alarm = limit;
        timer ??= time.CreateTimer(static pooled => ((PooledConnection)pooled!).OnAlarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(whole, Timeout.InfiniteTimeSpan);
    }

    private void OnAlarm()
    {
        lock (gate)
        {
            alarm = long.MaxValue;
            if (limit == long.MaxValue) return;

            var left = time.GetElapsedTime(time.GetTimestamp(), limit);
            if (left > TimeSpan.Zero) SetAlarm(left);
            else Abort();
        }
    }

    private void Abort()
    {
        lock (gate)
        {
            isOverdue = true;
            connection.Abort();
        }
    }
}
