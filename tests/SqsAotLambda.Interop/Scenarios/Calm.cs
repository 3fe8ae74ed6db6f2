namespace SqsAotLambda.Interop.Scenarios;

/// <summary>Nothing happens to the server.</summary>
internal sealed class Calm(int concurrency) : Scenario
{
    private const int Messages = 1000, Batch = 100;

    public override string Name => $"calm-{concurrency}";

    public override string Description => $"{Messages} messages, {concurrency} at once";

    public override Task PlayAsync(Stage stage) => stage.StartFunction(stage.Port, concurrency).SendAsync(Messages, Batch);
}
