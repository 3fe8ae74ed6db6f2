using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// Whether connections to an origin carry more than one request. For a minute they don't, once it has ended three of them under a later request
/// within a minute, or has sent what nobody asked for: that could be taken for the answer to the next request.
/// </summary>
internal sealed class Reuse(Loop loop)
{
    private const int MostEnds = 2;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMinutes(1);

    /// <summary>Until when each end counts, by the loop's clock.</summary>
    private readonly Queue<long> ends = new(MostEnds);

    private long pausedUntil;

    public bool IsAllowed => loop.Now >= pausedUntil;

    /// <summary>A connection that had carried a request ended under another one.</summary>
    public void NoteEnd()
    {
        while (ends.TryPeek(out var until) && until <= loop.Now) ends.Dequeue();
        if (ends.Count == MostEnds) Stop();
        else ends.Enqueue(loop.After(Window));
    }

    /// <summary>Bytes came while nothing was due, or behind a whole answer.</summary>
    public void NoteUnasked() => Stop();

    private void Stop() => pausedUntil = loop.After(Pause);
}
