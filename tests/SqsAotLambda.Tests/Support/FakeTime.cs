namespace SqsAotLambda.Tests.Support;

/// <summary>A clock that stands still until a test moves it, which fires the timers due by then, each at its own time.</summary>
internal sealed class FakeTime(DateTimeOffset now) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private long ticks = now.UtcTicks;

    /// <summary>2026-01-02 03:04:05 UTC.</summary>
    public FakeTime()
        : this(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)) { }

    public DateTimeOffset Now
    {
        get => new(Volatile.Read(ref ticks), TimeSpan.Zero);

        set
        {
            while (TakeDue(value.UtcTicks) is { } timer) timer.Fire();
            Volatile.Write(ref ticks, value.UtcTicks);
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Volatile.Read(ref ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period != Timeout.InfiniteTimeSpan) throw new NotSupportedException("A timer that fires more than once.");

        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>The first of the timers due by then, with the clock moved to it; null when there is none.</summary>
    private Timer? TakeDue(long until)
    {
        lock (gate)
        {
            Timer? first = null;
            foreach (var timer in timers)
            {
                if (timer.Due <= until && (first is null || timer.Due < first.Due)) first = timer;
            }

            if (first is null) return null;

            timers.Remove(first);
            Volatile.Write(ref ticks, Math.Max(ticks, first.Due));
            return first;
        }
    }

    private sealed class Timer(FakeTime time, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;

                Due = time.GetTimestamp() + dueTime.Ticks;
                time.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
