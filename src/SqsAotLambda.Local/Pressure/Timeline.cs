namespace SqsAotLambda.Local.Pressure;

/// <summary>A request, as the built-in endpoint answered it.</summary>
/// <param name="At">Since the timeline began.</param>
/// <param name="Environment">That had the message last; null when it is not known.</param>
internal readonly record struct Answered(TimeSpan At, string? MessageId, int? Environment, Behaviour Behaviour);

/// <summary>A receive of a message that failed.</summary>
/// <param name="At">Since the timeline began.</param>
internal readonly record struct FailedReceive(TimeSpan At, string MessageId, int Environment);

/// <summary>When messages were answered and failed, and in which execution environment.</summary>
internal sealed class Timeline(TimeProvider time)
{
    /// <summary>The most messages of a run under pressure; each takes some hundred bytes here at each receive.</summary>
    public const int MostMessages = 100_000;

    private readonly Lock gate = new();
    private readonly long began = time.GetTimestamp();
    private readonly Dictionary<string, int> environments = [];
    private readonly List<Answered> answers = [];
    private readonly List<FailedReceive> failures = [];
    private TimeSpan? heldByBreaker;

    /// <summary>When the breaker of the function last held back a message, as its log has it; null: never.</summary>
    public TimeSpan? HeldByBreaker
    {
        get { lock (gate) return heldByBreaker; }
    }

    public IReadOnlyList<Answered> Answers
    {
        get { lock (gate) return [.. answers]; }
    }

    public IReadOnlyList<FailedReceive> Failures
    {
        get { lock (gate) return [.. failures]; }
    }

    /// <summary>The place of a timestamp on this line.</summary>
    public TimeSpan At(long timestamp) => time.GetElapsedTime(began, timestamp);

    /// <summary>The environment that had the message last; null when none had it.</summary>
    public int? EnvironmentOf(string messageId)
    {
        lock (gate) return environments.TryGetValue(messageId, out var environment) ? environment : null;
    }

    public void HandedOut(int environment, IEnumerable<string> messageIds)
    {
        lock (gate)
        {
            foreach (var id in messageIds) environments[id] = environment;
        }
    }

    public void Answer(string? messageId, Behaviour behaviour)
    {
        lock (gate)
            answers.Add(new(time.GetElapsedTime(began), messageId, messageId is null ? null : EnvironmentOf(messageId), behaviour));
    }

    public void Fail(int environment, IEnumerable<string> messageIds)
    {
        lock (gate)
        {
            var now = time.GetElapsedTime(began);
            failures.AddRange(messageIds.Select(id => new FailedReceive(now, id, environment)));
        }
    }

    public void HoldByBreaker()
    {
        lock (gate) heldByBreaker = time.GetElapsedTime(began);
    }
}
