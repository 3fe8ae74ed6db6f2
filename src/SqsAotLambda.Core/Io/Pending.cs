namespace SqsAotLambda.Io;

/// <summary>What one method waits for, up to a point in time.</summary>
internal class Pending<T>
{
    private readonly Waiter over = new();
    private readonly LoopTimer timer;

    /// <param name="until">By the loop's clock; <see cref="Loop.Never"/>: without limit.</param>
    /// <param name="late">What comes of it when nothing else has by then.</param>
    public Pending(Loop loop, long until, T late)
    {
        timer = new(loop, () => End(late));
        timer.Set(until);
        Value = late;
    }

    /// <summary>What came of it, once it is over.</summary>
    public T Value { get; private set; }

    public bool IsOver { get; private set; }

    public ValueTask OverAsync() => over.WaitAsync();

    /// <summary>Who waits goes on from here, unless it is over already.</summary>
    public void End(T value)
    {
        if (IsOver) return;

        (IsOver, Value) = (true, value);
        timer.Stop();
        over.Signal();
    }
}
