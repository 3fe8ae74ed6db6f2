namespace SqsAotLambda.Local.Lambda;

/// <summary>One <c>bootstrap</c> process with the Runtime API that it talks to; gone when either ends.</summary>
/// <remarks>Each process gets an API of its own, so nothing that a dead one sent late can reach the next.</remarks>
internal sealed class ExecutionEnvironment : IAsyncDisposable
{
    private readonly Function function;
    private readonly LocalServer server;
    private readonly RuntimeApi api;
    private readonly BootstrapProcess process;
    private readonly Measurements measurements;
    private readonly TimeProvider time;
    private bool answered;

    private ExecutionEnvironment(
        Function function, LocalServer server, RuntimeApi api, BootstrapProcess process, Measurements measurements, TimeProvider time)
    {
        this.function = function;
        this.server = server;
        this.api = api;
        this.process = process;
        this.measurements = measurements;
        this.time = time;
    }

    public bool Ended => process.Exited.IsCompleted;

    /// <summary>How and with which last words the process ended; null when the runner ended it.</summary>
    public string? Crash => process.Killed ? null : $"bootstrap {process.End}; its last lines:\n{process.LastLines()}";

    public string LastLines => process.LastLines();

    public static async Task<ExecutionEnvironment> StartAsync(
        Function function, Action<string> readLine, Measurements measurements, TimeProvider time)
    {
        var api = new RuntimeApi(Function.Arn, function.Chunked, time);
        var server = await LocalServer.StartAsync(api.AnswerAsync);
        var variables = new Dictionary<string, string>(function.Variables) { ["AWS_LAMBDA_RUNTIME_API"] = server.Address.Authority };
        try
        {
            var process = BootstrapProcess.Start(function.Path, variables, readLine, time);
            return new ExecutionEnvironment(function, server, api, process, measurements, time);
        }
        catch (LocalFailure)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process has asked for its first event; returns why it did not, or null.</summary>
    public async Task<FunctionError?> InitAsync(TimeSpan limit, CancellationToken stop)
    {
        if (await ReadyAsync(limit, stop) is { } error)
        {
            await KillAsync();
            return error;
        }
        measurements.Polled(time.GetElapsedTime(process.Started, api.FirstPoll!.Value));
        return null;
    }

    public async Task<InvocationResult> InvokeAsync(byte[] @event, CancellationToken stop)
    {
        process.Thaw();
        var failure = await ReadyAsync(function.Timeout, stop);
        if (failure is null && api.HandOut(@event, function.Timeout) is { } invocation)
        {
            var result = await ResultAsync(invocation, stop);
            var succeeded = result.Error is null;
            measurements.Invoked(
                succeeded ? time.GetElapsedTime(invocation.HandedOut, result.Answered) : null, process.PeakMemory());
            if (succeeded && !answered) measurements.FirstAnswer(time.GetElapsedTime(process.Started, result.Answered));
            answered |= succeeded;
            return result;
        }
        // It hung up or went silent between two invocations.
        await KillAsync();
        return Failed(failure ?? new FunctionError(FunctionError.HungUp, "bootstrap stopped waiting for events"));
    }

    /// <summary>Freezes the process when it has asked for its next event, as Lambda does.</summary>
    /// <returns>The ports of its connections; null when it did not ask.</returns>
    public async Task<IReadOnlyList<int>?> FreezeAsync(CancellationToken stop)
    {
        if (await ReadyAsync(function.Timeout, stop) is not null) return null;

        await process.FreezeAsync(stop);
        return process.Ports();
    }

    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await server.DisposeAsync();
        process.Dispose();
    }

    private Task KillAsync()
    {
        Kill();
        return process.Exited;
    }

    private async Task<InvocationResult> ResultAsync(Invocation invocation, CancellationToken stop)
    {
        await WaitForAsync(invocation.Result, function.Timeout, stop);
        // TimeOut is the point of no return: an answer either was there before, or gets 410.
        if (!api.TimeOut()) return await invocation.Result;
        if (Ended) return Failed(new FunctionError(FunctionError.Exited, $"bootstrap {process.End} during an invocation"));

        await KillAsync();
        return Failed(new FunctionError(FunctionError.TimedOut, $"bootstrap did not answer within {Duration.Format(function.Timeout)}"));
    }

    /// <summary>Waits until the process asks for an event; returns why it did not, or null.</summary>
    private async Task<FunctionError?> ReadyAsync(TimeSpan limit, CancellationToken stop)
    {
        var ready = api.Ready;
        await WaitForAsync(ready, limit, stop);
        if (ready.IsCompleted) return await ready;
        if (Ended) return new FunctionError(FunctionError.Exited, $"bootstrap {process.End} before it asked for an event");

        return new FunctionError(FunctionError.TimedOut, $"bootstrap did not ask for an event within {Duration.Format(limit)}");
    }

    /// <summary>Returns when the task has completed, the process has ended or the time is over.</summary>
    private async Task WaitForAsync(Task task, TimeSpan limit, CancellationToken stop)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(task, process.Exited, Task.Delay(limit, time, timer.Token));
        await timer.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private InvocationResult Failed(FunctionError error) => new([], error, time.GetTimestamp());
}
