namespace SqsAotLambda.Io;

/// <summary>
/// The one place where the program waits. <c>async</c> methods go on inline from here, all on the thread that runs the loop, so that nothing is
/// locked.
/// </summary>
internal sealed class Loop(Driver driver)
{
    /// <summary>The point in time of what has no limit.</summary>
    public const long Never = long.MaxValue;

    private const int MaxChanges = 64;

    /// <summary>Turns without a look at the timers, while more and more comes.</summary>
    private const int MaxFullTurns = 16;

    private readonly Change[] changes = new Change[MaxChanges];
    private readonly Dictionary<int, TcpSocket> sockets = [];
    private readonly NameService names = new(driver);
    private readonly LoopTimers timers = new();
    private readonly Queue<(long Turn, Waiter Waiter)> turning = new();
    private readonly long start = driver.Time.GetTimestamp();
    private int fullTurns;

    public Driver Driver => driver;

    /// <summary>What the clocks say. Who waits, waits by <see cref="Now"/>.</summary>
    public TimeProvider Time => driver.Time;

    /// <summary>Milliseconds since the loop was made, as of the last time it woke: one look at the clock serves all that follows from it.</summary>
    public long Now { get; private set; }

    /// <summary>A number for each time that the loop has woken.</summary>
    public long Turns { get; private set; }

    private TimeSpan Elapsed => driver.Time.GetElapsedTime(start);

    /// <summary>The point in time at which so much of it will have passed: a little later, never earlier.</summary>
    /// <param name="time">From this very moment, which may be well after <see cref="Now"/>.</param>
    public long After(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? Never : (long)Math.Ceiling((Elapsed + time).TotalMilliseconds);

    public async ValueTask WaitUntilAsync(long at)
    {
        var pending = new Pending<bool>(this, at, late: true);
        await pending.OverAsync();
    }

    /// <summary>Waits until all that has come by now was told.</summary>
    public ValueTask NextTurnAsync()
    {
        var waiter = new Waiter();
        turning.Enqueue((Turns, waiter));
        return waiter.WaitAsync();
    }

    /// <inheritdoc cref="NameService.LookUpAsync"/>
    public ValueTask<NameAnswer?> LookUpAsync(string name, long until) => names.LookUpAsync(name, this, until);

    /// <summary>Runs until what this begins is done. What has come since it last ran is told first.</summary>
    /// <param name="main">Goes on nowhere but on this loop.</param>
    public T Run<T>(Func<Task<T>> main)
    {
        Turn(milliseconds: 0);
        var running = main();
        while (!running.IsCompleted) Turn(UntilNextTimer());
        return running.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Run{T}(Func{Task{T}})"/>
    public void Run(Func<Task> main) => Run(async () =>
    {
        await main();
        return true;
    });

    /// <summary>From the next turn on, the socket is told what changes.</summary>
    public void Watch(TcpSocket socket) => sockets.Add(socket.Handle, socket);

    public void Forget(TcpSocket socket) => sockets.Remove(socket.Handle);

    /// <inheritdoc cref="LoopTimers.Place"/>
    public void Place(LoopTimer timer, long at) => timers.Place(timer, at);

    /// <inheritdoc cref="LoopTimers.PlaceLater"/>
    public void PlaceLater(LoopTimer timer, long at) => timers.PlaceLater(timer, at);

    /// <summary>What has come goes before what is late: after a freeze, an answer that is there comes before its own time-out.</summary>
    private void Turn(int milliseconds)
    {
        // Before the wait: a socket that is opened from here on is none that a change of this turn can be about.
        Turns++;
        var count = driver.Wait(changes, milliseconds);
        Now = Clock();
        // Noted before anybody goes on: who takes a resting socket now is told that it is none to take.
        foreach (ref readonly var change in changes.AsSpan(0, count)) SocketOf(change)?.Note(change);
        names.Deliver();
        for (var index = 0; index < count; index++) SocketOf(changes[index])?.Tell(changes[index]);
        while (turning.TryPeek(out var next) && next.Turn < Turns) turning.Dequeue().Waiter.Signal();

        // There may be more, of which one may be just in time. The kernel's event of names takes a place.
        if (count >= MaxChanges - 1 && ++fullTurns < MaxFullTurns) return;

        fullTurns = 0;
        timers.Elapse(Now);
    }

    /// <summary>Null: it was closed in this turn, and its handle may be another's already.</summary>
    private TcpSocket? SocketOf(Change change) =>
        sockets.TryGetValue(change.Handle, out var socket) && socket.OpenedIn < Turns ? socket : null;

    private int UntilNextTimer() => turning.Count > 0 ? 0 : timers.Next is { } at ? (int)Math.Clamp(at - Clock(), 0, int.MaxValue) : -1;

    private long Clock() => (long)Elapsed.TotalMilliseconds;
}
