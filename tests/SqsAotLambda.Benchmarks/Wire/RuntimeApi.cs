using System.Globalization;
using System.Text;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>The Lambda Runtime API for one process: hands out one event as often as it is told, with nothing in between.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html</remarks>
internal sealed class RuntimeApi : IDisposable
{
    private const int Connections = 4;
    private static readonly TimeSpan InvocationLimit = TimeSpan.FromMinutes(15);

    /// <summary>How often a wait looks whether the process still lives.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private static readonly byte[] Accepted =
        "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"u8.ToArray();

    private readonly TimeProvider time;
    private readonly CancellationToken stop;
    private readonly Server server;
    private readonly object gate = new();
    private byte[] handout = [];
    private int left;
    private long handedOut;
    private bool waiting;
    private bool disposed;
    private string? error;
    private List<TimeSpan> durations = [];

    public RuntimeApi(TimeProvider time, CancellationToken stop)
    {
        this.time = time;
        this.stop = stop;
        server = new(Connections, Serve);
    }

    /// <summary>Host and port.</summary>
    public string Authority => server.Authority;

    /// <summary>Timestamp of the first call of <c>next</c>; null before it.</summary>
    public long? FirstPoll { get; private set; }

    /// <summary>What <c>next</c> is answered from here on, until it was often enough.</summary>
    public void Load(Event @event, int times)
    {
        var ready = Handout(@event);
        lock (gate)
        {
            handout = ready;
            durations = new(times);
            left = times;
            waiting = false;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits until the process has answered all that was loaded, and asks for more.</summary>
    /// <param name="end">Why it can't come to that any more, or null.</param>
    /// <returns>From handing out to the answer, for each invocation.</returns>
    public IReadOnlyList<TimeSpan> AwaitIdle(Func<string?> end, TimeSpan limit)
    {
        var start = time.GetTimestamp();
        lock (gate)
        {
            while (!waiting)
            {
                stop.ThrowIfCancellationRequested();
                if ((error ?? end()) is { } failure) throw new BenchmarkFailure(failure);
                if (time.GetElapsedTime(start) > limit) throw new BenchmarkFailure($"{left} invocations were open after {limit.TotalSeconds:0} s");
                Monitor.Wait(gate, Glance);
            }
            return error is null ? durations : throw new BenchmarkFailure(error);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            Monitor.PulseAll(gate);
        }
        server.Dispose();
    }

    private void Serve(Stream stream)
    {
        var reader = new HttpReader(stream);
        while (reader.TryRead())
        {
            var now = time.GetTimestamp();
            if (reader.Line.StartsWith("GET "u8))
            {
                if (!TryHandOut(stream, now)) return;
                continue;
            }
            Note(reader, now);
            stream.Write(Accepted);
        }
    }

    /// <summary>Waits for an event to hand out; false when there will be none.</summary>
    private bool TryHandOut(Stream stream, long polled)
    {
        lock (gate)
        {
            FirstPoll ??= polled;
            if (left == 0)
            {
                waiting = true;
                Monitor.PulseAll(gate);
            }
            while (left == 0 && !disposed) Monitor.Wait(gate);
            if (disposed) return false;

            left--;
            handedOut = time.GetTimestamp();
        }
        stream.Write(handout);
        return true;
    }

    /// <summary>Only an answer without failures is one.</summary>
    private void Note(HttpReader reader, long now)
    {
        var isAnswer = reader.Line.IndexOf("/response "u8) >= 0 && reader.Body.IndexOf("itemIdentifier"u8) < 0;
        lock (gate)
        {
            durations.Add(time.GetElapsedTime(handedOut, now));
            if (!isAnswer)
                error ??= $"answered {Encoding.UTF8.GetString(reader.Line)}: "
                    + $"{Encoding.UTF8.GetString(reader.Body[..Math.Min(reader.Body.Length, 300)])}";
        }
    }

    private byte[] Handout(Event @event)
    {
        var headers = LambdaEnvironment.InvocationHeaders("8476a536-e9f4-11e8-9739-2dfe598c3fcd", time.GetUtcNow() + InvocationLimit);
        var head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
            string.Concat(headers.Select(header => header + "\r\n")) +
            "Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0\r\n" +
            $"Content-Length: {@event.Json.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. @event.Json];
    }
}
