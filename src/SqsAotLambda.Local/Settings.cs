using SqsAotLambda.Local.Pressure;

namespace SqsAotLambda.Local;

/// <summary>Everything that the command line decides, checked once.</summary>
internal sealed record Settings
{
    // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    private const int LargestBatch = 10_000;
    private const int LargestBatchWithoutWindow = 10;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestFunctionTimeout = TimeSpan.FromMinutes(15);

    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
    private static readonly TimeSpan LongestVisibility = TimeSpan.FromHours(12);

    /// <summary>Lambda's advice: failed batches get time to come back while others are worked on.</summary>
    public const int AdvisedVisibilityFactor = 6;

    public required string Bootstrap { get; init; }
    public required string? QueueFolder { get; init; }
    public required Uri? QueueEndpoint { get; init; }
    public required Uri? Url { get; init; }
    public required bool Fifo { get; init; }
    public required int Messages { get; init; }
    public required int Concurrency { get; init; }
    public required int BatchSize { get; init; }
    public required TimeSpan Window { get; init; }
    public required TimeSpan FunctionTimeout { get; init; }
    public required TimeSpan RequestTimeout { get; init; }
    public required TimeSpan VisibilityTimeout { get; init; }
    public required int MaxReceiveCount { get; init; }

    /// <summary>Zero switches the function's own visibility calls off.</summary>
    public required TimeSpan BackoffBase { get; init; }

    public required int MemoryMegabytes { get; init; }
    public required IReadOnlyDictionary<string, string> Variables { get; init; }
    public required bool Chunked { get; init; }

    /// <summary>Whether the function is frozen between invocations.</summary>
    public required bool Freeze { get; init; }

    /// <summary>Each batch of so many is handed out twice; null when none is.</summary>
    public required int? Duplicates { get; init; }

    /// <summary>What the built-in endpoint goes through.</summary>
    public required PressureSettings Pressure { get; init; }

    /// <summary>How long the built-in endpoint is down; null when it never is.</summary>
    public TimeSpan? Outage => Pressure.Outage;

    /// <summary>Whether all samples go to <c>FORWARD_URL</c> and would be accepted, so that one route is under pressure.</summary>
    public bool IsOneRoute => Pressure is not { Throttle: null, Wall: null, Blip: null, Tenants: null };

    /// <summary>Mean time between two kills; null when nothing is killed.</summary>
    public required TimeSpan? KillEvery { get; init; }

    public required int Seed { get; init; }
    public required TimeSpan TimeLimit { get; init; }
    public required bool Verbose { get; init; }

    /// <summary>Every value or combination that Lambda or SQS would refuse, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        (bool Holds, string Sentence)[] rules =
        [
            (Messages is >= 1 and <= 1_000_000, $"--messages {Messages}: 1 to 1,000,000 messages are allowed."),
            (Concurrency is >= 1 and <= 100, $"--concurrency {Concurrency}: 1 to 100 execution environments are allowed."),
            (BatchSize is >= 1 and <= LargestBatch, $"--batch-size {BatchSize}: 1 to {LargestBatch} messages are allowed."),
            (!Fifo || BatchSize <= LargestBatchWithoutWindow,
                $"--batch-size {BatchSize}: with --fifo at most {LargestBatchWithoutWindow} messages are allowed."),
            (!Fifo || Window == TimeSpan.Zero, $"--window {Duration.Format(Window)}: with --fifo only 0s is allowed."),
            (Fifo || BatchSize <= LargestBatchWithoutWindow || Window >= TimeSpan.FromSeconds(1),
                $"--window {Duration.Format(Window)}: a --batch-size above {LargestBatchWithoutWindow} needs at least 1s."),
            (Window <= LongestWindow, $"--window {Duration.Format(Window)}: at most {Duration.Format(LongestWindow)} is allowed."),
            (FunctionTimeout <= LongestFunctionTimeout,
                $"--function-timeout {Duration.Format(FunctionTimeout)}: at most {Duration.Format(LongestFunctionTimeout)} is allowed."),
            (RequestTimeout < FunctionTimeout,
                $"--request-timeout {Duration.Format(RequestTimeout)}: "
                    + $"less than --function-timeout {Duration.Format(FunctionTimeout)} is allowed."),
            (VisibilityTimeout.Ticks % TimeSpan.TicksPerSecond == 0 && VisibilityTimeout <= LongestVisibility,
                $"--visibility-timeout {Duration.Format(VisibilityTimeout)}: whole seconds up to 43200s are allowed."),
            (VisibilityTimeout >= FunctionTimeout,
                $"--visibility-timeout {Duration.Format(VisibilityTimeout)}: "
                    + $"Lambda refuses less than --function-timeout {Duration.Format(FunctionTimeout)}."),
            (MaxReceiveCount is >= 1 and <= 1_000, $"--max-receive-count {MaxReceiveCount}: 1 to 1000 receives are allowed."),
            (Duplicates is null or >= 1, $"--duplicates {Duplicates}: 1 or more is allowed."),
            (Duplicates is null || !Fifo, "--duplicates: not allowed with --fifo; a FIFO queue hands out a message once."),
            (MemoryMegabytes is >= 128 and <= 10_240, $"--memory {MemoryMegabytes}: 128 to 10240 MB are allowed."),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Sentence).Concat(PressureFaults());
    }

    private IEnumerable<string> PressureFaults()
    {
        (string Name, TimeSpan? Length, bool IsGiven)[] troubles =
        [
            ("--outage", Outage, Outage is not null),
            ("--throttle", null, Pressure.Throttle is not null),
            ("--wall", Pressure.Wall, Pressure.Wall is not null),
            ("--blip", Pressure.Blip?.Length, Pressure.Blip is not null),
        ];
        var given = troubles.Where(each => each.IsGiven).ToArray();
        if (given.Length > 1)
            yield return $"{string.Join(", ", given.Select(each => each.Name))}: one of them at a time is allowed.";
        foreach (var (name, length, _) in given)
        {
            if (Url is not null) yield return $"{name}: not allowed with --url; only the built-in endpoint can be under pressure.";
            if (length >= TimeLimit)
                yield return $"{name} {Duration.Format(length.Value)}: less than --time-limit {Duration.Format(TimeLimit)} is allowed.";
        }

        if (Pressure.Throttle is { Rate: < 1 or > 100_000 } throttle)
            yield return $"--throttle {throttle.Rate}: 1 to 100,000 requests a second are allowed.";
        if (Pressure.Tenants is < 2 or > Samples.MostTenants) yield return $"--tenants {Pressure.Tenants}: 2 to {Samples.MostTenants} are allowed.";
        if (Pressure.Tenants is not null && Fifo) yield return "--tenants: not allowed with --fifo; there a message group is an order to keep.";
        if (Pressure.Tenants is not null && Url is not null) yield return "--tenants: not allowed with --url; only the built-in endpoint tells when.";
        if (IsOneRoute && Messages > Timeline.MostMessages)
            yield return $"--messages {Messages}: at most {Timeline.MostMessages} are allowed with --throttle, --wall, --blip and --tenants.";
    }

    /// <summary>What works but is unwise, as one sentence; null when there is nothing to say.</summary>
    public string? Warning() => VisibilityTimeout >= AdvisedVisibilityFactor * FunctionTimeout
        ? null
        : $"Warning: --visibility-timeout {Duration.Format(VisibilityTimeout)} is less than {AdvisedVisibilityFactor} times "
            + $"--function-timeout {Duration.Format(FunctionTimeout)}; messages may be received again while they are being forwarded.";
}
