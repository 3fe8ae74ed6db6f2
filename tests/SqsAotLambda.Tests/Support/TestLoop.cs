using SqsAotLambda.Io;
using Xunit.Sdk;
using Xunit.v3;

namespace SqsAotLambda.Tests.Support;

/// <summary>
/// The loop of the test that runs on this thread. Test and function share the thread, as the function's parts do when it runs for itself: what a
/// test awaits goes on here, wherever it comes from.
/// </summary>
internal sealed class TestLoop : SynchronizationContext, IDisposable
{
    [ThreadStatic]
    private static TestLoop? own;

    private readonly LoopClock clock = new();
    private readonly KernelDriver driver;
    private readonly Loop loop;

    private TestLoop()
    {
        driver = new(clock);
        loop = new(driver);
    }

    public static Loop Here => Own.loop;

    private static TestLoop Own => own ?? throw new InvalidOperationException("There is no loop: only a test's own thread has one.");

    /// <summary>From here on time passes on the loop as it does on that clock.</summary>
    public static TClock Follow<TClock>(TClock time)
        where TClock : TimeProvider
    {
        Own.clock.Follow(time);
        return time;
    }

    /// <summary>Runs a test on a thread with a loop of its own.</summary>
    public static async ValueTask<RunSummary> RunAsync(
        IXunitTestCase testCase,
        ExplicitOption explicitOption,
        IMessageBus messageBus,
        object?[] constructorArguments,
        ExceptionAggregator aggregator,
        CancellationTokenSource cancellationTokenSource)
    {
        var done = new TaskCompletionSource<RunSummary>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run) { IsBackground = true, Name = "test" }.Start();
        return await done.Task;

        void Run()
        {
            using var test = own = new();
            try
            {
                done.SetResult(test.loop.Run(() => test.In(() => XunitRunnerHelper.RunXunitTestCase(
                    testCase, messageBus, cancellationTokenSource, aggregator, explicitOption, constructorArguments).AsTask())));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => driver.Post(() => In(() =>
    {
        d(state);
        return true;
    }));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public void Dispose() => driver.Dispose();

    /// <summary>
    /// Test code has the context, what the loop goes on with has none: .NET's TLS would leave the thread where there is one.
    /// </summary>
    private T In<T>(Func<T> test)
    {
        SetSynchronizationContext(this);
        try
        {
            return test();
        }
        finally
        {
            SetSynchronizationContext(null);
        }
    }

    /// <summary>The machine's clock in whole milliseconds, so that timers come at the very time that is tested; until it follows another.</summary>
    private sealed class LoopClock : TimeProvider
    {
        private TimeProvider followed = System;
        private TimeSpan before;
        private long since = System.GetTimestamp();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Follow(TimeProvider other) => (before, since, followed) = (new(GetTimestamp()), other.GetTimestamp(), other);

        public override long GetTimestamp()
        {
            var elapsed = before + followed.GetElapsedTime(since);
            return followed == System ? elapsed.Ticks - (elapsed.Ticks % TimeSpan.TicksPerMillisecond) : elapsed.Ticks;
        }

        public override DateTimeOffset GetUtcNow() => followed.GetUtcNow();
    }
}
