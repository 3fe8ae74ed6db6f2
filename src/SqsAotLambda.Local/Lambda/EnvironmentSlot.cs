namespace SqsAotLambda.Local.Lambda;

/// <summary>One unit of the function's concurrency: starts an execution environment when it is needed, and replaces a dead one.</summary>
/// <param name="number">Its name in the account.</param>
/// <param name="starts">
/// Lets one environment start at a time: on Lambda each has a machine of its own, so they must not slow each other down.
/// </param>
/// <param name="connections">The endpoint's, some of which end while the environment is frozen; null when it is never frozen.</param>
internal sealed class EnvironmentSlot(
    int number,
    Function function,
    SemaphoreSlim starts,
    EndpointConnections? connections,
    Measurements measurements,
    Action<string> say,
    Action<string> readLine,
    TimeProvider time)
    : IAsyncDisposable
{
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
    private static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private ExecutionEnvironment? environment;
    private int failuresInARow;

    public int Number => number;

    public async Task<InvocationResult> InvokeAsync(byte[] @event, CancellationToken stop)
    {
        // It may have ended while it waited.
        if (environment is { Ended: true }) await RetireAsync();
        if (environment is null && await StartAsync(stop) is { } initError) return new InvocationResult([], initError, time.GetTimestamp());

        var result = await environment!.InvokeAsync(@event, stop);
        failuresInARow = result.Error is null ? 0 : failuresInARow + 1;
        if (connections is not null && await environment.FreezeAsync(stop) is { } ports) measurements.Frozen(connections.End(ports));
        if (environment.Ended) await RetireAsync();
        return result;
    }

    /// <summary>Ends the process at once, as a lost host would; false when there is none.</summary>
    public bool Kill()
    {
        if (environment is not { Ended: false } running) return false;

        running.Kill();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (environment is not null) await environment.DisposeAsync();
    }

    /// <summary>Init, and one more try inside the first invocation, as Lambda has it.</summary>
    private async Task<FunctionError?> StartAsync(CancellationToken stop)
    {
        if (await TryStartAsync(InitLimit, stop) is null) return null;

        await RetireAsync();
        return await TryStartAsync(function.Timeout, stop) is { } error ? await GiveUpAsync(error) : null;
    }

    private async Task<FunctionError?> TryStartAsync(TimeSpan limit, CancellationToken stop)
    {
        // A bootstrap that dies again and again must not keep the machine busy.
        if (failuresInARow > 0) await Task.Delay(PauseAfter(failuresInARow), time, stop);

        await starts.WaitAsync(stop);
        try
        {
            environment = await ExecutionEnvironment.StartAsync(function, readLine, measurements, time);
            var error = await environment.InitAsync(limit, stop);
            if (error is not null) failuresInARow++;
            return error;
        }
        finally
        {
            starts.Release();
        }
    }

    private async Task<FunctionError> GiveUpAsync(FunctionError error)
    {
        var lastLines = environment!.LastLines;
        await RetireAsync();
        // Nothing in the function's surroundings changes, so what never started never will.
        if (!measurements.AnyPolled) throw new LocalFailure($"bootstrap does not start: {error}\n{lastLines}");

        return error;
    }

    private async Task RetireAsync()
    {
        if (environment is { Ended: true, Crash: { } crash })
        {
            measurements.Crashed();
            say(crash);
        }
        await environment!.DisposeAsync();
        environment = null;
    }

    private static TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 10) - 1);
        return pause < LongestPause ? pause : LongestPause;
    }
}
