using System.Runtime.CompilerServices;
using SqsAotLambda.Aws;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Changes how long messages stay invisible. It changes no outcome.</summary>
internal delegate Task Postpone(Batch batch, IReadOnlyList<Postponement> messages, CancellationToken closing);

/// <summary>
/// Delivers the lanes of a batch side by side, each in order up to its first failure; then asks SQS to hold back what failed.
/// </summary>
/// <param name="concurrency">Requests under way at once, at most, whatever their endpoints.</param>
internal sealed class BatchHandler(
    IReadOnlyList<Endpoint> endpoints, Deliverer deliverer, int concurrency, Backoff backoff, Postpone postpone, TimeProvider time, Func<double> chance, Log log)
{
    /// <summary>The last part of the deadline margin belongs to the answer alone.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMilliseconds(300);

    /// <summary>Returns what was not delivered, in the batch's order.</summary>
    /// <param name="deadline">No request starts, or goes on, after it.</param>
    public async Task<IReadOnlyList<Message>> HandleAsync(Batch batch, CancellationToken deadline)
    {
        var start = time.GetTimestamp();
        using var closing = Deadline.After(batch.End - AnswerTime - time.GetUtcNow(), time);
        var deliveries = new Delivery[batch.Messages.Count];
        Array.Fill(deliveries, Delivery.NotReached);
        var lanes = Lanes.Of(batch.Messages);
        await DeliverLanesAsync(LastReceivesFirst(lanes), lane => DeliverLaneAsync(lane, deliveries, deadline, closing.Token), deadline);

        foreach (var endpoint in endpoints) endpoint.Record(deliveries);
        var failed = batch.Messages.Where(message => !deliveries[message.Position].IsDone).ToList();
        foreach (var message in batch.Messages) Report(batch.RequestId, message, deliveries[message.Position]);
        if (failed.Count > 0) await PostponeAsync(batch, lanes, deliveries, closing.Token);
        var tally = new Tally(batch, deliveries);
        log.BatchHandled(batch.RequestId, tally, time.GetElapsedTime(start));
        log.BatchMetrics(batch, tally, deliveries);
        return failed;
    }

    private List<Lane> LastReceivesFirst(List<Lane> lanes)
    {
        if (!lanes.Exists(IsLast)) return lanes;

        return [.. lanes.FindAll(IsLast), .. lanes.FindAll(lane => !IsLast(lane))];

        bool IsLast(Lane lane) => deliverer.IsLastReceive(lane.First);
    }

    private Task DeliverLanesAsync(List<Lane> lanes, Func<Lane, ValueTask> deliver, CancellationToken deadline) =>
        endpoints.Count == 1 ? DeliverToAsync(endpoints[0], lanes, deliver) : DeliverApartAsync(lanes, deliver, deadline);

    /// <summary>As many at once as the endpoint bears.</summary>
    private Task DeliverToAsync(Endpoint? endpoint, List<Lane> lanes, Func<Lane, ValueTask> deliver) => Parallel.ForEachAsync(
        lanes,
        new ParallelOptions { MaxDegreeOfParallelism = Math.Min(concurrency, endpoint?.Concurrency.Now ?? concurrency) },
        (lane, _) => deliver(lane));

    /// <summary>Endpoint by endpoint, so that one that bears few requests holds up no other; together they keep to the limit.</summary>
    private async Task DeliverApartAsync(List<Lane> lanes, Func<Lane, ValueTask> deliver, CancellationToken deadline)
    {
        var apart = endpoints.ToDictionary(endpoint => endpoint, _ => new List<Lane>());
        var others = new List<Lane>();
        foreach (var lane in lanes) (deliverer.EndpointOf(lane.First, deadline) is { } endpoint ? apart[endpoint] : others).Add(lane);

        using var slots = new SemaphoreSlim(concurrency);
        await Task.WhenAll([.. endpoints.Select(endpoint => DeliverToAsync(endpoint, apart[endpoint], InSlotAsync)), DeliverToAsync(endpoint: null, others, InSlotAsync)]);

        async ValueTask InSlotAsync(Lane lane)
        {
            // What waits past the deadline ends at once when its turn comes.
            await slots.WaitAsync(CancellationToken.None);
            try
            {
                await deliver(lane);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <param name="deliveries">By position; what the lane does not reach stays as it is.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverLaneAsync(Lane lane, Delivery[] deliveries, CancellationToken deadline, CancellationToken closing)
    {
        for (var index = 0; index < lane.Count; index++)
        {
            var delivery = deliveries[lane[index].Position] = await deliverer.DeliverAsync(lane[index], deadline, closing);
            if (delivery.IsDone) continue;

            // What holds one back holds back all behind it.
            if (delivery.Outcome is Outcome.NotAttempted)
            {
                foreach (var behind in lane.Messages.Skip(index + 1)) deliveries[behind.Position] = delivery;
            }

            return;
        }
    }

    private void Report(string requestId, Message message, Delivery delivery)
    {
        if (delivery.DeadLettered) log.MessageDeadLettered(requestId, message, delivery);
        else if (!delivery.IsDone) log.MessageFailed(requestId, message, delivery);
    }

    private Task PostponeAsync(Batch batch, List<Lane> lanes, Delivery[] deliveries, CancellationToken closing)
    {
        if (backoff.Base == TimeSpan.Zero) return Task.CompletedTask;

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
