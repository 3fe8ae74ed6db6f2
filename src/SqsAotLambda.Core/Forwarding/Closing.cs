using SqsAotLambda.Http;

namespace SqsAotLambda.Forwarding;

/// <summary>What a batch does besides sending, in the order in which its time goes to them.</summary>
internal enum ClosingWork
{
    Copy,

    VisibilityCall,

    Line,
}

/// <summary>
/// The end of an invocation, of which the last part belongs to the answer. Copies, visibility calls and log lines begin only while what
/// their kind has cost so far still fits before it.
/// </summary>
/// <param name="end">When Lambda ends the invocation.</param>
internal sealed class Closing(DateTimeOffset end, TimeProvider time)
{
    private static readonly TimeSpan LeastForAnswer = TimeSpan.FromMilliseconds(300);

    /// <summary>Calls leave it to the lines of the batch.</summary>
    private static readonly TimeSpan ForLines = TimeSpan.FromMilliseconds(100);

    private const int MaxMessageLines = 100;

    /// <summary>What was left out, the batch and its metrics.</summary>
    private const int BatchLines = 3;

    /// <summary>
    /// By kind of work, in ticks. At first a guess for a function with 128 MB, which pauses 19 of each 20 ms. What took long counts at once,
    /// and fades with each that does not.
    /// </summary>
    private readonly long[] costs = [50 * TimeSpan.TicksPerMillisecond, 50 * TimeSpan.TicksPerMillisecond, 30 * TimeSpan.TicksPerMillisecond];

    private TimeSpan forAnswer = LeastForAnswer;
    private int messageLines;

    /// <summary>Of calls.</summary>
    public Deadline Deadline => new(end - forAnswer - ForLines, time);

    /// <summary>Writes an answer as long as there can be: sending one takes about as long again.</summary>
    public void Rehearse(Action writeAnswer)
    {
        var start = time.GetTimestamp();
        writeAnswer();
        var both = time.GetElapsedTime(start) * 2;
        if (both > LeastForAnswer) forAnswer = both;
    }

    public bool HasTimeFor(ClosingWork work, int times = 1)
    {
        var limit = end - forAnswer - (work is ClosingWork.Line ? TimeSpan.Zero : ForLines);
        return time.GetUtcNow() + TimeSpan.FromTicks(costs[(int)work] * times) < limit;
    }

    /// <returns>To be handed to <see cref="End"/>.</returns>
    public long Begin() => time.GetTimestamp();

    public void End(ClosingWork work, long start)
    {
        ref var cost = ref costs[(int)work];
        var last = time.GetElapsedTime(start).Ticks;
        cost = Math.Max(last, (cost + last) / 2);
    }

    /// <summary>Writes lines about a single message, where they leave room for those of the batch itself.</summary>
    /// <returns>False: they are left out.</returns>
    public bool TellMessage(Action write)
    {
        if (!HasTimeFor(ClosingWork.Line, BatchLines + 1) || ++messageLines > MaxMessageLines) return false;

        Tell(write);
        return true;
    }

    /// <summary>Writes a line, where there is time for it.</summary>
    public void Tell(Action write)
    {
        if (!HasTimeFor(ClosingWork.Line)) return;

        var start = Begin();
        write();
        End(ClosingWork.Line, start);
    }

}
