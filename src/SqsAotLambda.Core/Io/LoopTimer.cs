namespace SqsAotLambda.Io;

/// <summary>
/// Runs something at a point in time, on the loop. Most timers are for what never happens: to set one later, or to stop it, is to write down its
/// time; its place in the loop's order is corrected when that place comes up.
/// </summary>
/// <param name="elapsed">Must not throw: nobody is there to take it.</param>
internal sealed class LoopTimer(Loop loop, Action elapsed)
{
    private long due = Loop.Never;

    /// <summary>The earliest of its places in the loop's order, which is the one that counts.</summary>
    private long placed = Loop.Never;

    /// <summary>Its time has come, though it may not have come up yet.</summary>
    public bool IsDue => due <= loop.After(TimeSpan.Zero);

    /// <param name="at">By the loop's clock; one that has passed comes up in the next turn.</param>
    public void Set(long at)
    {
        due = at;
        if (at >= placed) return;

        placed = at;
        loop.PlaceLater(this, at);
    }

    public void Stop() => due = Loop.Never;

    /// <summary>A place of it in the order has come up.</summary>
    public void Came(long at)
    {
        if (at != placed) return;

        placed = Loop.Never;
        if (due == Loop.Never) return;
        if (due > at)
        {
            placed = due;
            loop.Place(this, due);
            return;
        }

        due = Loop.Never;
        elapsed();
    }

    /// <summary>Whether a place of it is still needed; one that is not may be taken away.</summary>
    public bool Needs(long at)
    {
        if (at != placed) return false;
        if (due == Loop.Never) placed = Loop.Never;
        return due != Loop.Never;
    }
}
