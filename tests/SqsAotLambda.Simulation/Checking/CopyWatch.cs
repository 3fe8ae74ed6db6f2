using System.Text.Json;
using SqsAotLambda.Simulation.World;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>
/// The dead-letter queue holds what was rejected on its own account, or failed on its last receive. Where an endpoint rejects all, it holds five.
/// </summary>
internal sealed class CopyWatch(Universe world) : Watch
{
    private const int MostInARow = 5;

    /// <summary>One may have had its turn at the deadline itself.</summary>
    private const int MostWithoutRequest = 2;

    private readonly Dictionary<string, Row> rows = [];
    private readonly HashSet<SimulatedMessage> withoutRequest = [];
    private int firstOfProcess;

    public override void ProcessBegins()
    {
        rows.Clear();
        firstOfProcess = world.Lambda.Invocations + 1;
    }

    public override void InvocationBegins() => withoutRequest.Clear();

    public override void Answered(Exchange exchange)
    {
        if (exchange.Verdict is not (Verdict.Accepts or Verdict.Drops)) return;

        var row = RowOf(exchange.Route);
        row.Since = exchange.Invocation + 1;
        row.Copies.Clear();
    }

    /// <summary>The line tells of the message why it was copied.</summary>
    public override void Told(LogLine line)
    {
        if (line is { Name: "MessageFailed", Outcome: "Suspect" }) world.Met(Occasion.Suspicion);
        if (line is { Name: "MessageFailed", Hold: "Rate" } && line.Receive >= world.Settings!.MaxReceiveCount) world.Met(Occasion.LastWithoutTurn);
        if (line is { Name: "MessageDeadLettered", Hold: "Rate" })
            world.Ledger.Break(Invariant.DeadLettersAreDue, $"{line.Message?.Id} was copied for lack of a turn of the rate limit.");
    }

    public void Copied(SimulatedMessage message, JsonElement failure)
    {
        var (receive, outcome) = (failure.GetProperty("receives").GetInt32(), failure.GetProperty("outcome").GetString());
        if (FaultOf(message, failure, receive, outcome!) is { } what)
            world.Ledger.Break(Invariant.DeadLettersAreDue, $"{message.Id} was copied on receive {receive} as {outcome}: {what}.");
    }

    private string? FaultOf(SimulatedMessage message, JsonElement failure, int receive, string outcome)
    {
        if (world.Scenario.Pressure.IsWithoutDeadLetters) return "there are no dead letters";
        if (receive >= world.Settings!.MaxReceiveCount) return outcome is "NotAttempted" ? FaultOfUntried(message, receive) : null;
        if (outcome is not "Rejected") return "it has other receives";
        if (failure.GetProperty("status") is not { ValueKind: JsonValueKind.Number } status)
            return world.Scenario.IsUnfit(message) ? null : "nothing is wrong with it";

        var given = message.Verdicts.FindAll(each => each.Receive == receive && each.Status == status.GetInt32());
        if (given.Exists(each => each.Verdict is Verdict.RejectsThis)) return null;

        var rejection = given.Find(each => each.Verdict is Verdict.Rejects);
        return rejection.Verdict is Verdict.Rejects ? FaultOfRow(message, receive, rejection.Invocation) : "its endpoint has not rejected it";
    }

    /// <summary>A row that was begun in an invocation with a delivery is not judged: its order is not known.</summary>
    private string? FaultOfRow(SimulatedMessage message, int receive, int invocation)
    {
        var row = RowOf(world.Scenario.RouteOf(message)!);
        if (!world.Settings!.Suspect || invocation < Math.Max(firstOfProcess, row.Since)) return null;

        row.Copies.Add((message.Number, receive));
        if (row.Copies.Count == MostInARow) world.Met(Occasion.FiveDeadLetters);
        return row.Copies.Count > MostInARow ? $"it is number {row.Copies.Count} in a row" : null;
    }

    /// <summary>Where each message has a slot from the beginning, what has no request lacks a turn of the rate limit.</summary>
    private string? FaultOfUntried(SimulatedMessage message, int receive)
    {
        var (scenario, settings) = (world.Scenario, world.Settings!);
        if (!scenario.Pressure.IsCalm || scenario.IsFifo) return null;
        if (settings is not { RateLimit: not null, RedriveKey: null, GroupConcurrency: null }) return null;
        if (world.Queue.Batch.Count > scenario.Concurrency || world.Network.MaxDescriptors < 1024) return null;
        if (world.Exchanges.Exists(each => each.Message == message && each.Receive == receive)) return null;

        withoutRequest.Add(message);
        return withoutRequest.Count > MostWithoutRequest ? "it lacks a turn of the rate limit" : null;
    }

    private Row RowOf(string route)
    {
        if (!rows.TryGetValue(route, out var row)) rows.Add(route, row = new());
        return row;
    }

    private sealed class Row
    {
        /// <summary>The first invocation that it judges.</summary>
        public int Since { get; set; }

        public HashSet<(int Message, int Receive)> Copies { get; } = [];
    }
}
