namespace SqsAotLambda.Io;

/// <summary>
/// The one place where the program waits. <c>async</c> methods go on inline from here, all on the thread that runs the loop, so that nothing is
/// locked.
/// </summary>
internal sealed class Loop(Driver driver)
{
    private const int MaxChanges = 64;

    /// <summary>Turns without a look at the timers, while more and more comes.</summary>
    private const int MaxFullTurns = 16;

    private readonly Change[] changes = new Change[MaxChanges];
    private readonly Dictionary<int, TcpSocket> sockets = [];
    private readonly NameService names = new(driver);
    private readonly LoopTimers timers = new();
    private readonly long start = driver.Time.GetTimestamp();
    private int fullTurns;

    public Driver Driver => driver;

    /// <summary>Milliseconds since the loop was made, as of the last time it woke: one look at the clock serves all that follows from it.</summary>
    public long Now { get; private set; }

    /// <summary>A number for each time that the loop has woken.</summary>
    public long Turns { get; private set; }

    /// <inheritdoc cref="NameService.LookUpAsync"/>
    public ValueTask<NameAnswer?> LookUpAsync(string name, long until) => names.LookUpAsync(name, this, until);

    /// <summary>Runs until what this begins is done.</summary>
    /// <param name="main">Goes on nowhere but on this loop.</param>
    public T Run<T>(Func<ValueTask<T>> main)
    {
        Now = Clock();
        var running = main();
        while (!running.IsCompleted) Turn();
        return running.Result;
    }

    /// <summary>From the next turn on, the socket is told what changes.</summary>
    public void Watch(TcpSocket socket) => sockets.Add(socket.Handle, socket);

    public void Forget(TcpSocket socket) => sockets.Remove(socket.Handle);

    /// <inheritdoc cref="LoopTimers.Place"/>
    public void Place(LoopTimer timer, long at) => timers.Place(timer, at);

    /// <inheritdoc cref="LoopTimers.PlaceLater"/>
    public void PlaceLater(LoopTimer timer, long at) => timers.PlaceLater(timer, at);

    /// <summary>What has come goes before what is late: after a freeze, an answer that is there comes before its own time-out.</summary>
    private void Turn()
    {
        // Before the wait: a socket that is opened from here on is none that a change of this turn can be about.
        Turns++;
        var count = driver.Wait(changes, UntilNextTimer());
        Now = Clock();
        // Noted before anybody goes on: who takes a resting socket now is told that it is none to take.
        foreach (ref readonly var change in changes.AsSpan(0, count)) SocketOf(change)?.Note(change);
        names.Deliver();
        for (var index = 0; index < count; index++) SocketOf(changes[index])?.Tell(changes[index]);

        // There may be more, of which one may be just in time. The kernel's event of names takes a place.
        if (count >= MaxChanges - 1 && ++fullTurns < MaxFullTurns) return;

        fullTurns = 0;
        timers.Elapse(Now);
    }

    /// <summary>Null: it was closed in this turn, and its handle may be another's already.</summary>
    private TcpSocket? SocketOf(Change change) =>
        sockets.TryGetValue(change.Handle, out var socket) && socket.OpenedIn < Turns ? socket : null;

    private int UntilNextTimer() => timers.Next is { } at ? (int)Math.Clamp(at - Clock(), 0, int.MaxValue) : -1;

    private long Clock() => (long)driver.Time.GetElapsedTime(start).TotalMilliseconds;
}
