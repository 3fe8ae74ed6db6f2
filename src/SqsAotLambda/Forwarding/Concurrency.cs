namespace SqsAotLambda.Forwarding;

/// <summary>
/// How many requests to one endpoint may be under way at once: halves with a batch that was throttled, grows by one with each that
/// was delivered and not throttled.
/// </summary>
/// <param name="most">The upper limit, and the start.</param>
internal sealed class Concurrency(int most) : IDisposable
{
    private readonly SemaphoreSlim turns = new(most);
    private int fewer;

    public int Now => most - fewer;

    /// <summary>Waits until a request may start; false when the deadline comes first. A true is followed by <see cref="Leave"/>.</summary>
    public async ValueTask<bool> EnterAsync(CancellationToken deadline)
    {
        var turn = turns.WaitAsync(deadline);
        await turn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return turn.IsCompletedSuccessfully;
    }

    public void Leave() => turns.Release();

    /// <summary>Between batches, when no request is under way.</summary>
    public void Halve()
    {
        for (var keep = Math.Max(1, Now / 2); Now > keep; fewer++) turns.Wait();
    }

    /// <summary>By one, up to the limit.</summary>
    public void Grow()
    {
        if (fewer == 0) return;

        fewer--;
        turns.Release();
    }

    public void Dispose() => turns.Dispose();
}
