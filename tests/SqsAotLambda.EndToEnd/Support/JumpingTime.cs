namespace SqsAotLambda.EndToEnd.Support;

/// <summary>A clock on which no wait takes time: it jumps to the wait's end.</summary>
internal sealed class JumpingTime : TimeProvider
{
    /// <summary>Since the clock began.</summary>
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void JumpTo(TimeSpan then) => Now = then > Now ? then : Now;

    public override long GetTimestamp() => Now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        JumpTo(Now + dueTime);
        callback(state);
        return new Ended();
    }

    private sealed class Ended : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
