using SqsAotLambda.Benchmarks.Wire;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>A peer at work between the Runtime API and an endpoint; ended when disposed of.</summary>
internal sealed class Function : IDisposable
{
    /// <summary>For the slowest that is done at once: 10,000 messages under the JIT, or a start with 7 % of a CPU.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Endpoint endpoint;
    private readonly RuntimeApi api;
    private readonly BootstrapProcess process;
    private (long Requests, long Bytes) received;
    private Event? loaded;

    /// <param name="first">Waits for the process, as in a cold start; null when it is to wait for its first event.</param>
    public Function(Peer peer, Endpoint endpoint, Certificates certificates, string logFile, Event? first, TimeProvider time, CancellationToken stop)
    {
        this.endpoint = endpoint;
        received = endpoint.Received;
        api = new RuntimeApi(time, stop);
        if (first is not null) Load(first, 1);
        try
        {
            process = new BootstrapProcess(peer.Command, Variables(peer, endpoint, certificates), logFile, time);
        }
        catch (BenchmarkFailure)
        {
            api.Dispose();
            throw;
        }
        Time = time;
    }

    public BootstrapProcess Process => process;

    /// <summary>From exec to the first poll, once there was one.</summary>
    public TimeSpan FirstPoll => Time.GetElapsedTime(process.Started, api.FirstPoll!.Value);

    private TimeProvider Time { get; }

    /// <summary>Waits for the first poll, and for the answer to the first event when it was given.</summary>
    /// <returns>From handing out the first event to its answer; zero when there was none.</returns>
    public TimeSpan AwaitStart() => Await(loaded is null ? 0 : 1) is [var first] ? first : TimeSpan.Zero;

    /// <summary>Hands an event out several times in a row.</summary>
    public Run Invoke(Event @event, int times)
    {
        var before = process.CpuTime;
        Load(@event, times);
        var durations = Await(times);
        return new(durations, process.CpuTime - before, @event.Messages * times);
    }

    public void Dispose()
    {
        process.Dispose();
        api.Dispose();
    }

    private void Load(Event @event, int times)
    {
        loaded = @event;
        api.Load(@event, times);
    }

    /// <summary>Every message has to be at the endpoint, once and whole, when the last answer is there.</summary>
    private IReadOnlyList<TimeSpan> Await(int times)
    {
        var durations = api.AwaitIdle(process.End, Limit);
        var now = endpoint.Received;
        var (requests, bytes) = (now.Requests - received.Requests, now.Bytes - received.Bytes);
        received = now;
        var expected = times * (loaded?.Messages ?? 0L);
        if (durations.Count != times || requests != expected || bytes != expected * (loaded?.BodyBytes ?? 0L))
        {
            throw new BenchmarkFailure(
                $"{durations.Count} answers to {times} events, {requests} requests with {bytes} bytes for {expected} messages; its last "
                    + $"lines:\n{process.LastLines()}");
        }
        return durations;
    }

    private Dictionary<string, string> Variables(Peer peer, Endpoint endpoint, Certificates certificates)
    {
        // AWS's client holds .NET to the memory: with 128 MB it runs out of it in 10,000 messages.
        var lambda = LambdaEnvironment.Variables(api.Authority, memory: 512, taskRoot: Path.GetDirectoryName(peer.Command[^1]) ?? "");
        var variables = new Dictionary<string, string>(lambda.Select(variable => KeyValuePair.Create(variable.Name, variable.Value)))
        {
            ["FORWARD_URL"] = endpoint.Url,
            ["FORWARD_ALLOW_HTTP"] = "true",
            ["FORWARD_ALLOW_LOOPBACK"] = "true",
            // With a small share of a CPU a handshake under the JIT takes longer than the 3 s it has by default.
            ["FORWARD_CONNECT_TIMEOUT"] = "15s",
            ["SSL_CERT_FILE"] = certificates.BundleFile,
            // Node.js has roots of its own, and takes more from here.
            ["NODE_EXTRA_CA_CERTS"] = certificates.AuthorityFile,
            ["HOME"] = "/tmp",
        };
        foreach (var name in new[] { "PATH", "DOTNET_ROOT" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value) variables[name] = value;
        }
        return variables;
    }
}

/// <summary>A row of invocations with the same event.</summary>
/// <param name="Durations">From handing out to the answer.</param>
/// <param name="Cpu">Time of the function, for all of them.</param>
/// <param name="Messages">In all.</param>
internal sealed record Run(IReadOnlyList<TimeSpan> Durations, TimeSpan Cpu, int Messages)
{
    public TimeSpan CpuOfInvocation => Cpu / Durations.Count;

    public TimeSpan CpuOfMessage => Cpu / Messages;

    public TimeSpan MedianDuration =>
        TimeSpan.FromTicks((long)Measuring.Statistics.Median([.. Durations.Select(duration => (double)duration.Ticks)]));
}
