using SqsAotLambda.Benchmarks.Running;
using SqsAotLambda.Benchmarks.Wire;

namespace SqsAotLambda.Benchmarks.Measuring;

/// <summary>Something that is done with a peer, and gives readings.</summary>
/// <param name="Repetitions">In each round.</param>
internal sealed record Scenario(string Name, int Repetitions, Func<Peer, IEnumerable<Reading>> Measure);

/// <summary>All scenarios, with the endpoints that they share.</summary>
internal sealed class Scenarios : IDisposable
{
    private const int BodyBytes = 200;
    private const int MegabytesMessages = 6;

    /// <summary>Six of them make nearly 6 MB.</summary>
    private const int LargeBodyBytes = 1_048_000;
    private static readonly TimeSpan SlowAnswer = TimeSpan.FromMilliseconds(20);

    private static readonly Event One = Event.Of(1, BodyBytes);
    private static readonly Event Ten = Event.Of(10, BodyBytes);

    private readonly Effort effort;
    private readonly CpuShare? share;
    private readonly string folder;
    private readonly TimeProvider time;
    private readonly CancellationToken stop;
    private readonly Certificates certificates;
    private readonly Endpoint http;
    private readonly Endpoint https;
    private readonly Endpoint slow;

    /// <param name="share">null when no CPU share is played.</param>
    /// <param name="folder">For logs and certificates.</param>
    public Scenarios(Effort effort, CpuShare? share, string folder, TimeProvider time, CancellationToken stop)
    {
        this.effort = effort;
        this.share = share;
        this.folder = folder;
        this.time = time;
        this.stop = stop;
        certificates = new Certificates(folder);
        http = new Endpoint(TimeSpan.Zero, null, stop);
        https = new Endpoint(TimeSpan.Zero, certificates, stop);
        slow = new Endpoint(SlowAnswer, null, stop);
    }

    public static IReadOnlyList<string> Names { get; } = ["cold", "cold-tls", "cold-share", "warm", "warm-tls", "latency", "size"];

    public IEnumerable<Scenario> All =>
    [
        new("cold", effort.ColdStarts, ColdStart),
        new("cold-tls", effort.ColdStarts, ColdStartTls),
        .. share is null ? [] : new[] { new Scenario("cold-share", 1, ColdStartWithShare) },
        new("warm", 1, Warm),
        new("warm-tls", 1, WarmTls),
        new("latency", 1, WithLatency),
        new("size", 1, Size),
    ];

    public void Dispose()
    {
        http.Dispose();
        https.Dispose();
        slow.Dispose();
        certificates.Dispose();
    }

    private IEnumerable<Reading> ColdStart(Peer peer)
    {
        using var function = Start(peer, http, One);
        var invocation = function.AwaitStart();
        yield return new(Metric.FirstPollHttp, function.FirstPoll.TotalMilliseconds);
        yield return new(Metric.FirstAnswerHttp, (function.FirstPoll + invocation).TotalMilliseconds);
        yield return new(Metric.FirstInvocationHttp, invocation.TotalMilliseconds);
        yield return new(Metric.FirstCpuHttp, function.Process.CpuTime.TotalMilliseconds);
        yield return new(Metric.FaultsHttp, function.Process.PageFaults);
    }

    private IEnumerable<Reading> ColdStartTls(Peer peer)
    {
        using var function = Start(peer, https, One);
        var invocation = function.AwaitStart();
        yield return new(Metric.FirstPollHttps, function.FirstPoll.TotalMilliseconds);
        yield return new(Metric.FirstAnswerHttps, (function.FirstPoll + invocation).TotalMilliseconds);
        yield return new(Metric.FirstInvocationHttps, invocation.TotalMilliseconds);
        yield return new(Metric.FirstCpuHttps, function.Process.CpuTime.TotalMilliseconds);
        yield return new(Metric.FaultsHttps, function.Process.PageFaults);
    }

    /// <summary>Init has a full CPU whatever the memory size; what comes after has its share.</summary>
    private IEnumerable<Reading> ColdStartWithShare(Peer peer)
    {
        using var function = Start(peer, https, first: null);
        function.AwaitStart();
        share!.Add(function.Process.Id);
        var invocation = function.Invoke(One, 1).Durations[0];
        yield return new(Metric.FirstAnswerShare, (function.FirstPoll + invocation).TotalMilliseconds);
    }

    private IEnumerable<Reading> Warm(Peer peer)
    {
        using var oneCpu = new OneCpu();
        using var function = Start(peer, http, first: null);
        function.AwaitStart();
        yield return new(Metric.MemoryAtStart, Megabytes(function.Process.PeakMemory));

        // These warm it up as well.
        function.Invoke(Ten, 600);
        yield return new(Metric.MemoryAfter6000, Megabytes(function.Process.PeakMemory));

        var one = function.Invoke(One, effort.Times(500));
        var ten = function.Invoke(Ten, effort.Times(300));
        var hundred = function.Invoke(Event.Of(100, BodyBytes), effort.Times(30));
        var tenThousand = Repeated(function, Event.Of(10_000, BodyBytes), times: 1);
        var megabytes = Repeated(function, Event.Of(MegabytesMessages, LargeBodyBytes), effort.Times(4));
        foreach (var reading in Of("1", one)) yield return reading;
        foreach (var reading in Of("10", ten)) yield return reading;
        foreach (var reading in Of("100", hundred)) yield return reading;
        foreach (var reading in Of("10,000", tenThousand)) yield return reading;
        foreach (var reading in Of("6 MB", megabytes)) yield return reading;
        yield return new(Metric.CpuMessageHttp, ten.CpuOfMessage.TotalMicroseconds);
        yield return new(Metric.Cost10000, tenThousand.CpuOfMessage / hundred.CpuOfMessage);
        yield return new(Metric.MemoryAtEnd, Megabytes(function.Process.PeakMemory));
    }

    private IEnumerable<Reading> WarmTls(Peer peer)
    {
        using var oneCpu = new OneCpu();
        using var function = Start(peer, https, first: null);
        function.AwaitStart();
        function.Invoke(Ten, 600);
        yield return new(Metric.MemoryAfter6000Https, Megabytes(function.Process.PeakMemory));

        var ten = function.Invoke(Ten, effort.Times(200));
        yield return new(Metric.Time10Https, ten.MedianDuration.TotalMilliseconds);
        yield return new(Metric.CpuMessageHttps, ten.CpuOfMessage.TotalMicroseconds);
    }

    private IEnumerable<Reading> WithLatency(Peer peer)
    {
        using var oneCpu = new OneCpu();
        using var function = Start(peer, slow, first: null);
        function.AwaitStart();
        var ten = Repeated(function, Ten, effort.Times(10));
        yield return new(Metric.Latency, ten.MedianDuration.TotalMilliseconds);
    }

    private static IEnumerable<Reading> Size(Peer peer)
    {
        var files = peer.Files();
        if (files.Count == 0) yield break;

        yield return new(Metric.Binary, Megabytes(files.Sum(file => new FileInfo(file).Length)));
        yield return new(Metric.Zip, Megabytes(Peer.ZipBytes(files)));
    }

    /// <summary>The first time, which finds buffers too small and connections closed, does not count.</summary>
    private static Run Repeated(Function function, Event @event, int times)
    {
        function.Invoke(@event, 1);
        return function.Invoke(@event, times);
    }

    private static IEnumerable<Reading> Of(string batch, Run run) =>
    [
        new(Metric.Time(batch), run.MedianDuration.TotalMilliseconds),
        new(Metric.Cpu(batch), run.CpuOfInvocation.TotalMilliseconds),
    ];

    private static double Megabytes(long bytes) => bytes / 1e6;

    private Function Start(Peer peer, Endpoint endpoint, Event? first) =>
        new(peer, endpoint, certificates, Path.Combine(folder, $"{peer.Name}.log"), first, time, stop);
}
