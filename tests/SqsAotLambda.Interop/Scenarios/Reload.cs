using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Servers;
using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>The server reads its configuration again, several times, while messages come from near and far.</summary>
internal sealed class Reload : Scenario
{
    private const int Times = 5, Batch = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    public override string Name => "reload";

    public override string Description => $"{Times} graceful reloads under load";

    public override TimeSpan Latency => TimeSpan.FromMilliseconds(5);

    public override bool Suits(ServerKind? kind, bool isTls) => kind is { CanReload: true };

    /// <summary>Without a handshake the request was on its way over a connection that the server never took.</summary>
    public override bool Excuses(MessageEnd end, ServerKind? kind, bool isTls) =>
        !isTls && kind is { ResetsNewConnections: true } && end is { Times: 0, Failure.IsBrokenConnection: true };

    public override async Task PlayAsync(Stage stage)
    {
        await using var network = Relay.Far(stage.Port, stage.Time);
        var reloads = ReloadAsync(stage);
        await Task.WhenAll(reloads, SendAsync(stage, stage.Port, reloads), SendAsync(stage, network.Port, reloads));
        await stage.EndFunctionsAsync();
    }

    private static async Task SendAsync(Stage stage, int port, Task until)
    {
        var function = stage.StartFunction(port, concurrency: Batch);
        while (!until.IsCompleted) await function.InvokeAsync(Batch);
    }

    private static async Task ReloadAsync(Stage stage)
    {
        for (var time = 0; time < Times; time++)
        {
            await stage.WaitAsync(Pause);
            await stage.Server.ReloadAsync(stage.Stop);
        }

        await stage.WaitAsync(Pause);
    }
}
