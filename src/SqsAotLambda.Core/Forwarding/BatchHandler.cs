using System.Runtime.CompilerServices;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Changes how long messages stay invisible. It changes no outcome.</summary>
internal delegate Task Postpone(Batch batch, IReadOnlyList<Postponement> messages, Closing closing);

/// <summary>Stage 4 of the path of a message: delivers those of its lane in order, up to the first failure.</summary>
internal delegate ValueTask DeliverLane(Lane lane, Endpoint? decided, Slot slot);

/// <summary>
/// Delivers the lanes of a batch side by side, each in order up to its first failure; then asks SQS to hold back what failed.
/// </summary>
/// <param name="concurrency">Requests under way at once, at most, whatever their endpoints.</param>
/// <param name="groupConcurrency">Of those, for the messages of one group; null: as many.</param>
/// <param name="writeAnswer">Writes the answer that these messages failed, to learn what that costs.</param>
internal sealed class BatchHandler(
    IReadOnlyList<Endpoint> endpoints,
    Deliverer deliverer,
    int concurrency,
    int? groupConcurrency,
    Backoff backoff,
    Postpone postpone,
    Action<IReadOnlyList<Message>> writeAnswer,
    Loop loop,
    Func<double> chance,
    BatchReport report)
{
    /// <summary>In messages. The answer to a smaller batch is written in no time.</summary>
    private const int LargeBatch = 100;

    /// <summary>Returns what was not delivered, in the batch's order.</summary>
    public async Task<IReadOnlyList<Message>> HandleAsync(Batch batch)
    {
        var start = loop.Time.GetTimestamp();
        var deadline = new Deadline(batch.Deadline, loop.Time);
        var closing = new Closing(batch.End, loop.Time);
        if (batch.Messages.Count > LargeBatch) closing.Rehearse(() => writeAnswer(batch.Messages));
        Func<bool> isOver = () => deadline.HasPassed;
        foreach (var message in batch.Messages) message.IsOver = isOver;
        var deliveries = new Delivery[batch.Messages.Count];
        Array.Fill(deliveries, Delivery.OutOfTime);
        var lanes = Lanes.Of(batch.Messages);
        DeliverLane deliver = (lane, decided, slot) => DeliverLaneAsync(lane, decided, deliveries, closing, deadline with { Slot = slot });
        await DeliverLanesAsync(lanes, deliveries, deliver, IsOver, deadline);

        var failed = batch.Messages.Where(message => !deliveries[message.Position].IsDone).ToList();
        // A bug from here on must not make messages come again that were delivered.
        await TellingBugsAsync(batch, () => failed.Count > 0 ? PostponeAsync(batch, lanes, deliveries, closing) : Task.CompletedTask);
        await TellingBugsAsync(batch, () =>
        {
            report.Tell(batch, deliveries, closing, loop.Time.GetElapsedTime(start));
            return Task.CompletedTask;
        });
        return failed;

        // After the deadline those on their last receive are copied.
        bool IsOver(Lane lane) => deadline.HasPassed && !(deliverer.IsLastReceive(lane.First) && closing.HasTimeFor(ClosingWork.Copy));
    }

    private async Task TellingBugsAsync(Batch batch, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e)
        {
            report.TellBug(batch, e);
        }
    }

    /// <summary>Endpoint by endpoint, so that each group has its turn at each; together they keep to the limits.</summary>
    private Task DeliverLanesAsync(List<Lane> lanes, Delivery[] deliveries, DeliverLane deliver, Func<Lane, bool> isOver, Deadline deadline)
    {
        var slots = new Gate(loop, concurrency);
        var groups = groupConcurrency is { } most ? new GroupLimit(most) : null;
        // Where there is one endpoint, whether its route takes a message is not known yet.
        return endpoints.Count == 1
            ? DeliverToAsync(endpoints[0], decided: null, lanes)
            : Task.WhenAll(Apart(lanes, deadline).Select(each => DeliverToAsync(each.Endpoint, decided: each.Endpoint, each.Lanes)));

        async Task DeliverToAsync(Endpoint? endpoint, Endpoint? decided, List<Lane> its)
        {
            var lineup = new Lineup(decided, Rounds.Of(its, deliverer.IsLastReceive), slots, groups, deliver, isOver, loop);
            await lineup.DeliverAsync(concurrency);
            if (endpoint is not null && lineup.IsCut) NameEndpoint(endpoint, its, deliveries);
        }
    }

    /// <summary>Of messages for which there was no time: how long they are held back depends on its breaker.</summary>
    private static void NameEndpoint(Endpoint endpoint, List<Lane> lanes, Delivery[] deliveries)
    {
        var outOfTime = Delivery.OutOfTime with { Endpoint = endpoint };
        foreach (var lane in lanes)
        {
            for (var index = 0; index < lane.Count; index++)
            {
                ref var delivery = ref deliveries[lane[index].Position];
                if (ReferenceEquals(delivery, Delivery.OutOfTime)) delivery = outOfTime;
            }
        }
    }

    /// <summary>The lanes of each endpoint, and those of none.</summary>
    private IEnumerable<(Endpoint? Endpoint, List<Lane> Lanes)> Apart(List<Lane> lanes, Deadline deadline)
    {
        var apart = endpoints.ToDictionary(endpoint => endpoint, _ => new List<Lane>());
        var others = new List<Lane>();
        foreach (var lane in lanes) (EndpointOf(lane) is { } endpoint ? apart[endpoint] : others).Add(lane);
        return endpoints.Select(endpoint => ((Endpoint?)endpoint, apart[endpoint])).Append((null, others));

        Endpoint? EndpointOf(Lane lane)
        {
            try
            {
                return deliverer.EndpointOf(lane.First, deadline);
            }
            // Its delivery meets it again, and tells it.
            catch (Exception)
            {
                return null;
            }
        }
    }

    /// <param name="decided">Of its first message, where it is known; null: each message finds its own.</param>
    /// <param name="deliveries">By position; what the lane does not reach for lack of time stays as it is.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask DeliverLaneAsync(Lane lane, Endpoint? decided, Delivery[] deliveries, Closing closing, Deadline deadline)
    {
        for (var index = 0; index < lane.Count; index++)
        {
            var endpoint = index == 0 ? decided : null;
            var delivery = deliveries[lane[index].Position] = await deliverer.DeliverAsync(lane[index], closing, deadline, endpoint);
            lane[index].ForgetValues();
            if (delivery.IsDone) continue;

            // What holds one back holds back all behind it.
            var behind = delivery.Outcome is Outcome.NotAttempted ? delivery with { Bug = null } : Delivery.NotReached;
            foreach (var message in lane.Messages.Skip(index + 1)) deliveries[message.Position] = behind;
            return;
        }
    }

    private Task PostponeAsync(Batch batch, List<Lane> lanes, Delivery[] deliveries, Closing closing)
    {
        if (backoff.Base == TimeSpan.Zero) return Task.CompletedTask;
        if (!closing.HasTimeFor(ClosingWork.VisibilityCall))
        {
            report.TellNotPostponed(batch, deliveries.Count(delivery => !delivery.IsDone), closing);
            return Task.CompletedTask;
        }

        var postponements = new List<Postponement>();
        foreach (var lane in lanes) postponements.AddRange(Postponements(lane, deliveries));
        return postpone(batch, postponements, closing);
    }

    /// <summary>What failed in a lane, and all behind it, comes back at the same time, so that its order holds.</summary>
    private IEnumerable<Postponement> Postponements(Lane lane, Delivery[] deliveries)
    {
        var left = lane.Messages.SkipWhile(message => deliveries[message.Position].IsDone).ToList();
        if (left.Count == 0) return [];

        var delivery = deliveries[left[0].Position];
        var (breaker, isPause) = delivery.Endpoint?.Breaker is { } its ? (its.OpenFor, its.IsPausing) : (TimeSpan.Zero, false);
        var delay = backoff.DelayOf(delivery, left[0].ReceiveCount ?? 1, breaker, chance(), isPause);
        return left.Where(message => !message.ReceiptHandle.IsEmpty && message.Queue.IsKnown).Select(message => new Postponement(message, delay));
    }
}
