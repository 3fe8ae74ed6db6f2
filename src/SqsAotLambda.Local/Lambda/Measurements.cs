using System.Text.Json;

namespace SqsAotLambda.Local.Lambda;

/// <summary>What was measured of the function and its processes.</summary>
internal sealed class Measurements
{
    /// <summary>Bounds the memory of a long `serve`; the first ones are kept.</summary>
    private const int MaxDurations = 1_000_000;

    /// <summary>Of the function's metrics: messages that a batch set aside because the breaker was open.</summary>
    private const string ParkedMetric = "Parked";

    private readonly Lock gate = new();
    private readonly List<TimeSpan> firstPolls = [];
    private readonly List<TimeSpan> firstAnswers = [];
    private readonly List<TimeSpan> invocations = [];

    public int Invocations { get; private set; }
    public int TimeOuts { get; private set; }
    public int Errors { get; private set; }
    public int Crashes { get; private set; }
    public int Kills { get; private set; }
    public int Freezes { get; private set; }

    /// <summary>Connections that the endpoint closed or reset while their process was frozen.</summary>
    public int ConnectionsEnded { get; private set; }

    /// <summary>Batches that the function got a second time.</summary>
    public int Repeats { get; private set; }

    public long PeakMemory { get; private set; }

    /// <summary>How often a message was parked; null while the function's log says nothing about it.</summary>
    public int? Parked { get; private set; }

    public bool AnyPolled
    {
        get { lock (gate) return firstPolls.Count > 0; }
    }

    public void Polled(TimeSpan sinceExec)
    {
        lock (gate) firstPolls.Add(sinceExec);
    }

    public void FirstAnswer(TimeSpan sinceExec)
    {
        lock (gate) firstAnswers.Add(sinceExec);
    }

    /// <param name="duration">From handing the event out to the answer; null when there was none.</param>
    public void Invoked(TimeSpan? duration, long? peakMemory)
    {
        lock (gate)
        {
            Invocations++;
            PeakMemory = Math.Max(PeakMemory, peakMemory ?? 0);
            if (duration is { } answered && invocations.Count < MaxDurations) invocations.Add(answered);
        }
    }

    /// <summary>A batch failed as a whole.</summary>
    /// <param name="error">null when the answer was there, but invalid.</param>
    public void Failed(FunctionError? error)
    {
        lock (gate)
        {
            if (error is { Type: FunctionError.TimedOut }) TimeOuts++;
            // An exit is a crash or a kill, and counted as such.
            else if (error is not { Type: FunctionError.Exited }) Errors++;
        }
    }

    public void Crashed()
    {
        lock (gate) Crashes++;
    }

    public void Killed()
    {
        lock (gate) Kills++;
    }

    /// <param name="ended">Connections that the endpoint ended meanwhile.</param>
    public void Frozen(int ended)
    {
        lock (gate)
        {
            Freezes++;
            ConnectionsEnded += ended;
        }
    }

    public void Repeated()
    {
        lock (gate) Repeats++;
    }

    public Distribution FirstPolls() => Sorted(firstPolls);

    public Distribution FirstAnswers() => Sorted(firstAnswers);

    public Distribution Answered() => Sorted(invocations);

    /// <summary>The function has written a line: where it is a metric, it is counted.</summary>
    public void Logged(string line)
    {
        if (ParkedIn(line) is not { } parked) return;

        lock (gate) Parked = (Parked ?? 0) + parked;
    }

    private static int? ParkedIn(string line)
    {
        if (!line.StartsWith('{') || !line.Contains($"\"{ParkedMetric}\"", StringComparison.Ordinal)) return null;

        try
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.TryGetProperty(ParkedMetric, out var value)
                && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var parked)
                    ? parked
                    : null;
        }
        // A killed process may leave half a line.
        catch (JsonException)
        {
            return null;
        }
    }

    private Distribution Sorted(List<TimeSpan> values)
    {
        lock (gate) return new Distribution([.. values.Order()]);
    }
}

/// <summary>Durations in ascending order.</summary>
internal sealed record Distribution(TimeSpan[] Ascending)
{
    public bool IsEmpty => Ascending.Length == 0;

    /// <summary>The nearest-rank percentile.</summary>
    /// <param name="share">Above 0, up to 1; 1 is the maximum.</param>
    public TimeSpan Percentile(double share) => Ascending[(int)Math.Ceiling(share * Ascending.Length) - 1];
}
