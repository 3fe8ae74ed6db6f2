using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>A message each time that the server is about to close the idle connection, from many functions at once, near and far.</summary>
internal sealed class Idle : Scenario
{
    /// <summary>From one message to the next, of each function.</summary>
    private const int Pauses = 3;

    public override string Name => "idle";

    public override string Description => $"pauses around the server's keep-alive time of {KeepAlive} s";

    public override int KeepAlive => 2;

    public override async Task PlayAsync(Stage stage)
    {
        await using var network = Relay.Far(stage.Port, stage.Time);
        await Task.WhenAll(
            from pause in stage.Server.Kind.AroundKeepAlive.All
            from port in new[] { stage.Port, network.Port }
            select SendAsync(stage, port, pause));
        await stage.EndFunctionsAsync();
    }

    private static async Task SendAsync(Stage stage, int port, TimeSpan pause)
    {
        var function = stage.StartFunction(port, concurrency: 1);
        await function.InvokeAsync(1);
        for (var sent = 0; sent < Pauses; sent++)
        {
            await stage.WaitAsync(pause);
            await function.InvokeAsync(1);
        }
    }
}
