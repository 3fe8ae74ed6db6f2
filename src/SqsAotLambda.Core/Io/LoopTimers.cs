namespace SqsAotLambda.Io;

/// <summary>The places of timers, in the order of their times. A timer may have several, of which it knows the one that counts.</summary>
internal sealed class LoopTimers
{
    /// <summary>From so many places on, those that are no longer needed are looked for.</summary>
    private const int Many = 64;

    private readonly List<(LoopTimer Timer, long At)> later = [];
    private PriorityQueue<LoopTimer, long> places = new();
    private int clearAt = Many;
    private bool areElapsing;

    /// <summary>The first place; null: there is none.</summary>
    public long? Next => places.TryPeek(out _, out var at) ? at : null;

    /// <summary>Gives a timer a place, which comes up now if its time has come.</summary>
    public void Place(LoopTimer timer, long at)
    {
        if (places.Count >= clearAt) Clear();
        places.Enqueue(timer, at);
    }

    /// <summary>Gives a timer a place, which comes up in the next turn at the earliest: one that sets itself anew would never end.</summary>
    public void PlaceLater(LoopTimer timer, long at)
    {
        if (areElapsing) later.Add((timer, at));
        else Place(timer, at);
    }

    /// <summary>Tells all timers whose places have come up.</summary>
    public void Elapse(long now)
    {
        areElapsing = true;
        while (places.TryPeek(out var timer, out var at) && at <= now)
        {
            places.Dequeue();
            timer.Came(at);
        }

        areElapsing = false;
        foreach (var (timer, at) in later) Place(timer, at);
        later.Clear();
    }

    /// <summary>What is set and stopped again and again must not add up.</summary>
    private void Clear()
    {
        places = new(places.UnorderedItems.Where(place => place.Element.Needs(place.Priority)));
        clearAt = Math.Max(Many, 2 * places.Count);
    }
}
