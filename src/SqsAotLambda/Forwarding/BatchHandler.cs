using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Delivers the lanes of a batch side by side, each in order up to its first failure.</summary>
/// <param name="concurrency">How many lanes are under way at once, at most.</param>
internal sealed class BatchHandler(Forward forward, int concurrency, TimeProvider time, Log log)
{
    /// <summary>Returns what was not delivered, in the batch's order.</summary>
    public async Task<IReadOnlyList<Message>> HandleAsync(string requestId, IReadOnlyList<Message> batch, CancellationToken deadline)
    {
        var start = time.GetTimestamp();
        var deliveries = new Delivery[batch.Count];
        await Parallel.ForEachAsync(
            Lanes.Of(batch),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency },
            async (lane, _) => await DeliverAsync(lane, deliveries, deadline));

        var failed = batch.Where(message => !deliveries[message.Position].Succeeded).ToList();
        foreach (var message in failed) log.MessageFailed(requestId, message, deliveries[message.Position]);
        log.BatchHandled(requestId, deliveries, time.GetElapsedTime(start));
        return failed;
    }

    /// <param name="deliveries">By position; what the lane does not reach stays as it is: not attempted.</param>
    private async Task DeliverAsync(List<Message> lane, Delivery[] deliveries, CancellationToken deadline)
    {
        foreach (var message in lane)
        {
            if (deadline.IsCancellationRequested) return;

            var delivery = deliveries[message.Position] = await forward(message, deadline);
            if (!delivery.Succeeded) return;
        }
    }
}
