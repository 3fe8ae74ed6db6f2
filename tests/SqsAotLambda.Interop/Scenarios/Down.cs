using System.Globalization;
using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>The server is stopped in the middle of the messages and started again.</summary>
/// <param name="time">From its end to its first new connection.</param>
internal sealed class Down(TimeSpan time) : Scenario
{
    private const int Messages = 200, Batch = 10, Before = 60, ServiceUnavailable = 503;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(1);

    public override string Name => string.Create(CultureInfo.InvariantCulture, $"down-{time.TotalSeconds}s");

    public override string Description => string.Create(
        CultureInfo.InvariantCulture, $"down for {time.TotalSeconds} s in the middle of {Messages} messages of {Latency.TotalMilliseconds} ms");

    public override TimeSpan Latency => TimeSpan.FromMilliseconds(30);

    /// <summary>
    /// The server was working on its request, or said that it could not; or its request may have met the server's end, over a connection that
    /// the server's kernel took and the server did not.
    /// </summary>
    public override bool Excuses(MessageEnd end, ServerKind? kind, bool isTls) => end.Times > 0
        || end.Failure is { Status: ServiceUnavailable }
        || (end.MetServersEnd && end.Failure is { IsBrokenConnection: true });

    public override async Task PlayAsync(Stage stage)
    {
        var function = stage.StartFunction(stage.Port, concurrency: 10);
        var sending = function.SendAsync(Messages, Batch);
        while (function.Answered < Before && !sending.IsCompleted) await stage.WaitAsync(Glance);
        // In the middle of a batch too.
        await stage.WaitAsync(Latency / 2);

        await stage.Server.StopAsync();
        if (time > stage.Server.StartTime) await stage.WaitAsync(time - stage.Server.StartTime);
        await stage.Server.StartAsync(stage.Stop);
        await sending;
    }
}
