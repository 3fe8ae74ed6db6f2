namespace SqsAotLambda.Benchmarks.Measuring;

/// <summary>One figure that is taken of every peer; less is better.</summary>
/// <param name="Name">In JSON.</param>
/// <param name="Label">In the table, with the unit.</param>
/// <param name="Digits">Behind the point.</param>
internal sealed record Metric(string Name, string Label, int Digits)
{
    public static readonly Metric FirstPollHttp = new("first-poll-http", "exec → first poll, http, ms", 2);
    public static readonly Metric FirstPollHttps = new("first-poll-https", "exec → first poll, https, ms", 2);
    public static readonly Metric FirstAnswerHttp = new("first-answer-http", "exec → first answer, http, ms", 2);
    public static readonly Metric FirstAnswerHttps = new("first-answer-https", "exec → first answer, https, ms", 2);
    public static readonly Metric FirstAnswerShare = new("first-answer-https-share", "exec → first answer, https, with the CPU share, ms", 0);
    public static readonly Metric FirstInvocationHttp = new("first-invocation-http", "first invocation after init, http, ms", 2);
    public static readonly Metric FirstInvocationHttps = new("first-invocation-https", "first invocation after init, https, ms", 2);
    public static readonly Metric FirstCpuHttp = new("cpu-to-first-answer-http", "CPU to the first answer, http, ms", 2);
    public static readonly Metric FirstCpuHttps = new("cpu-to-first-answer-https", "CPU to the first answer, https, ms", 2);
    public static readonly Metric FaultsHttp = new("page-faults-http", "page faults to the first answer, http", 0);
    public static readonly Metric FaultsHttps = new("page-faults-https", "page faults to the first answer, https", 0);

    public static readonly Metric CpuMessageHttp = new("cpu-message-http", "CPU a message, http, µs", 1);
    public static readonly Metric CpuMessageHttps = new("cpu-message-https", "CPU a message, https, µs", 1);
    public static readonly Metric Time10Https = new("time-10-https", "batch of 10, https: time, ms", 3);
    public static readonly Metric Cost10000 = new("cost-10000-to-100", "CPU a message, one event of 10,000 ÷ of 100", 2);
    public static readonly Metric Latency = new("time-10-latency-20", "batch of 10, endpoint takes 20 ms: time, ms", 2);

    public static readonly Metric MemoryAtStart = new("memory-start", "peak memory at the first poll, MB", 1);
    public static readonly Metric MemoryAfter6000 = new("memory-6000", "peak memory after 6,000 messages, http, MB", 1);
    public static readonly Metric MemoryAfter6000Https = new("memory-6000-https", "peak memory after 6,000 messages, https, MB", 1);
    public static readonly Metric MemoryAtEnd = new("memory-end", "peak memory after 10,000 in one event and 6 MB, MB", 1);
    public static readonly Metric Binary = new("binary", "binary, MB", 2);
    public static readonly Metric Zip = new("zip", "zip, MB", 2);

    /// <summary>The name of a batch, in JSON and in the table.</summary>
    public static Metric Time(string batch) => new($"time-{Key(batch)}", $"batch of {batch}: time, ms", 3);

    public static Metric Cpu(string batch) => new($"cpu-{Key(batch)}", $"batch of {batch}: CPU, ms", 3);

    private static string Key(string batch) =>
        batch.Replace(",", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
}

/// <summary>A value of a metric, in its unit.</summary>
internal readonly record struct Reading(Metric Metric, double Value);
