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
/// <param name="writeAnswer">Writes the answer that these messages failed, to learn what that costs.</param>
internal sealed class BatchHandler(
    IReadOnlyList<Endpoint> endpoints,
    Deliverer deliverer,
    int concurrency,
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
        await DeliverLanesAsync(LastReceivesFirst(lanes), deliveries, deliver, IsOver, deadline);

        var failed = batch.Messages.Where(message => !deliveries[message.Position].IsDone).ToList();
        // A bug from here on must not make messages come again that were delivered.
        foreach (var endpoint in endpoints) endpoint.Record(deliveries);
        await TellingBugsAsync(batch, () => failed.Count > 0 ? PostponeAsync(batch, lanes, deliveries, closing) : Task.CompletedTask);
        await TellingBugsAsync(batch, () =>
        {
            report.Tell(batch, deliveries, closing, loop.Time.GetElapsedTime(start));
            return Task.CompletedTask;
        });
        return failed;

        // Those on their last receive go first, and after the deadline they are copied.
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

    private List<Lane> LastReceivesFirst(List<Lane> lanes)
    {
        if (!lanes.Exists(IsLast)) return lanes;

        return [.. lanes.FindAll(IsLast), .. lanes.FindAll(lane => !IsLast(lane))];

        bool IsLast(Lane lane) => deliverer.IsLastReceive(lane.First);
    }

    private Task DeliverLanesAsync(
        List<Lane> lanes, Delivery[] deliveries, DeliverLane deliver, Func<Lane, bool> isOver, Deadline deadline) =>
        endpoints.Count == 1
            ? DeliverToAsync(endpoints[0], lanes, all: null, deliveries, deliver, isOver)
            : DeliverApartAsync(lanes, deliveries, deliver, isOver, deadline);

    /// <summary>As many at once as the endpoint bears.</summary>
    private async Task DeliverToAsync(
        Endpoint? endpoint, List<Lane> lanes, Gate? all, Delivery[] deliveries, DeliverLane deliver, Func<Lane, bool> isOver)
    {
        var atOnce = Math.Min(concurrency, endpoint?.Concurrency.Now ?? concurrency);
        // Where there is one endpoint, whether its route takes a message is not known yet.
        var lineup = new Lineup(all is null ? null : endpoint, lanes, new(loop, atOnce), all, deliver, isOver, loop);
        await lineup.DeliverAsync(atOnce);
        if (endpoint is not null && lineup.IsCut) NameEndpoint(endpoint, lanes, deliveries);
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

    /// <summary>Endpoint by endpoint, so that one that bears few requests holds up no other; together they keep to the limit.</summary>
    private async Task DeliverApartAsync(
        List<Lane> lanes, Delivery[] deliveries, DeliverLane deliver, Func<Lane, bool> isOver, Deadline deadline)
    {
        var apart = endpoints.ToDictionary(endpoint => endpoint, _ => new List<Lane>());
        var others = new List<Lane>();
        foreach (var lane in lanes) (EndpointOf(lane) is { } endpoint ? apart[endpoint] : others).Add(lane);

        var all = new Gate(loop, concurrency);
        await Task.WhenAll(endpoints.Select(endpoint => DeliverToAsync(endpoint, apart[endpoint], all, deliveries, deliver, isOver))
            .Append(DeliverToAsync(endpoint: null, others, all, deliveries, deliver, isOver)));

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
        var delay = backoff.DelayOf(delivery, left[0].ReceiveCount ?? 1, delivery.Endpoint?.Breaker.OpenFor ?? TimeSpan.Zero, chance());
        return left.Where(message => !message.ReceiptHandle.IsEmpty && message.Queue.IsKnown).Select(message => new Postponement(message, delay));
    }
}
