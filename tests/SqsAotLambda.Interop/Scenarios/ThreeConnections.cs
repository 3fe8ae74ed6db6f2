using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Servers;
using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>The server has room for three connections.</summary>
internal sealed class ThreeConnections(Excess excess) : Scenario
{
    private const int Room = 3, Batch = 10;

    public override string Name => $"three-{excess.ToString().ToLowerInvariant()}";

    public override string Description =>
        $"{Batch} messages in one invocation to a server that {(excess is Excess.Close ? "closes" : "stalls the handshake of")} a fourth connection";

    public override TimeSpan Latency => TimeSpan.FromMilliseconds(30);

    /// <summary>Without a handshake the request was on its way when the connection was closed.</summary>
    public override bool Excuses(MessageEnd end, ServerKind? kind, bool isTls) =>
        !isTls && end.Failure is { IsBrokenConnection: true };

    public override bool Suits(ServerKind? kind, bool isTls) => kind is null && (excess is Excess.Close || isTls);

    public override async Task PlayAsync(Stage stage)
    {
        await using var server = new Relay(stage.Port, stage.Time, limit: (Room, excess));
        await stage.StartFunction(server.Port, concurrency: Batch).InvokeAsync(Batch);
        await stage.EndFunctionsAsync();
    }
}
