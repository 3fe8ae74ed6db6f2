namespace SqsAotLambda.Io;

/// <summary>Lets so many in at once. The others wait, and come in the order in which they came.</summary>
internal sealed class Gate(Loop loop, int places)
{
    /// <summary>Null: nobody has waited yet.</summary>
    private Queue<Pending<bool>>? waiting;
    private int free = places;

    public bool IsFull => free == 0;

    /// <summary>Somebody waits for a place.</summary>
    public bool IsWaitedFor => waiting is { Count: > 0 };

    /// <summary>Takes a place, where one is free.</summary>
    public bool TryEnter()
    {
        if (free == 0) return false;

        free--;
        return true;
    }

    /// <param name="until">By the loop's clock.</param>
    /// <returns>False: no place was free by then.</returns>
    public ValueTask<bool> EnterAsync(long until = Loop.Never) => TryEnter() ? new(true) : WaitAsync(until);

    /// <summary>Who waits longest takes the place, and goes on from here.</summary>
    public void Leave()
    {
        while (waiting is not null && waiting.TryDequeue(out var next))
        {
            if (next.IsOver) continue;

            next.End(true);
            return;
        }

        free++;
    }

    private async ValueTask<bool> WaitAsync(long until)
    {
        var pending = new Pending<bool>(loop, until, late: false);
        (waiting ??= new()).Enqueue(pending);
        await pending.OverAsync();
        return pending.Value;
    }
}
