using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>No group waits behind another one's backlog, where nothing but the slots holds requests back.</summary>
internal sealed class RoundWatch(Universe world) : Watch
{
    private readonly Dictionary<(SimulatedMessage Message, int Receive), (string Lineup, int Round)> waiting = [];
    private bool isDisturbed;

    public override void ProcessBegins() => isDisturbed = false;

    public override void InvocationBegins()
    {
        waiting.Clear();
        var (scenario, settings) = (world.Scenario, world.Settings!);
        if (!scenario.Pressure.IsCalm || scenario.Pressure.Strain is Strain.Refuses || scenario.IsFifo || !scenario.Pressure.HasGroups) return;
        if (settings is not { GroupConcurrency: null, RateLimit: null, RedriveKey: null }) return;

        foreach (var lineup in world.Queue.Batch.GroupBy(each => settings.Routes.Count == 1 ? "" : scenario.RouteOf(each.Message) ?? "none"))
        {
            var dealt = new Dictionary<string, int>();
            foreach (var each in lineup.OrderByDescending(each => each.Receive >= settings.MaxReceiveCount))
            {
                var round = each.Message.Group is { } group ? dealt.GetValueOrDefault(group) : 0;
                if (each.Message.Group is { } its) dealt[its] = round + 1;
                if (!scenario.IsUnfit(each.Message) && !world.Queue.IsDropped(each.Message)) waiting[each] = (lineup.Key, round);
            }
        }
    }

    public override void Asked(Exchange exchange)
    {
        if (!waiting.Remove((exchange.Message, exchange.Receive), out var its) || isDisturbed) return;

        world.Met(Occasion.JudgedRound);
        var earlier = waiting.Values.Count(each => each.Lineup == its.Lineup && each.Round < its.Round);
        if (earlier < world.Settings!.Concurrency) return;

        world.Ledger.Break(
            Invariant.GroupsTakeTurns,
            $"{exchange.Message.Id} of {exchange.Message.Group} was sent in round {its.Round}, and {earlier} messages of earlier rounds were not.");
    }

    /// <summary>Breaker and pace let lanes wait without a slot.</summary>
    public override void Answered(Exchange exchange) => isDisturbed |= exchange.Verdict is Verdict.Fails or Verdict.Throttles or Verdict.Retries;
}
