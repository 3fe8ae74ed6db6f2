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
    private const int AdvisedVisibilityFactor = 6;

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

    /// <summary>How long the built-in endpoint is down; null when it never is.</summary>
    public required TimeSpan? Outage { get; init; }

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
            (Outage is null || Url is null, "--outage: not allowed with --url; only the built-in endpoint can be down."),
            (Outage is not { } outage || outage < TimeLimit,
                $"--outage {Duration.Format(Outage ?? default)}: less than --time-limit {Duration.Format(TimeLimit)} is allowed."),
            (MemoryMegabytes is >= 128 and <= 10_240, $"--memory {MemoryMegabytes}: 128 to 10240 MB are allowed."),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Sentence);
    }

    /// <summary>What works but is unwise, as one sentence; null when there is nothing to say.</summary>
    public string? Warning() => VisibilityTimeout >= AdvisedVisibilityFactor * FunctionTimeout
        ? null
        : $"Warning: --visibility-timeout {Duration.Format(VisibilityTimeout)} is less than {AdvisedVisibilityFactor} times "
            + $"--function-timeout {Duration.Format(FunctionTimeout)}; messages may be received again while they are being forwarded.";
}
