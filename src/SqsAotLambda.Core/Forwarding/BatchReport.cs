using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Tells what became of a batch, as far as its time allows: a line for each message that was not delivered, then the counts.</summary>
/// <param name="function">The function's name, a dimension of the metrics.</param>
/// <param name="maxReceiveCount">Null: not known.</param>
internal sealed class BatchReport(JsonLog log, string function, int? maxReceiveCount, TimeProvider time)
{
    public void Tell(Batch batch, Delivery[] deliveries, Closing closing, TimeSpan elapsed)
    {
        var leftOut = new List<Delivery>();
        foreach (var message in batch.Messages)
        {
            var delivery = deliveries[message.Position];
            if (delivery is { IsDone: true, DeadLettered: false }) continue;

            if (!closing.TellMessage(() => Tell(batch.RequestId, message, delivery))) leftOut.Add(delivery);
        }

        if (leftOut.Count > 0) closing.Tell(() => log.MessageLinesLeftOut(batch.RequestId, leftOut));

        // After the failures: whoever sends long attributes must not silence what is told of others.
        foreach (var message in batch.Messages)
        {
            if (deliveries[message.Position].HeadersLeftOut is { } headers)
                closing.TellMessage(() => log.HeadersLeftOut(batch.RequestId, message, headers));
        }

        var tally = new Tally(batch, deliveries);
        closing.Tell(() => log.BatchHandled(batch.RequestId, tally, elapsed));
        closing.Tell(() => log.BatchMetrics(batch, tally, deliveries, function, maxReceiveCount, time.GetUtcNow()));
    }

    /// <summary>A bug of the function met the batch after its messages were delivered.</summary>
    public void TellBug(Batch batch, Exception exception) => log.InternalError(batch.RequestId, message: null, exception);

    /// <summary>There was no time to hold these messages back.</summary>
    public void TellNotPostponed(Batch batch, int messages, Closing closing) =>
        closing.Tell(() => log.VisibilityFailed(batch.RequestId, messages, Visibility.NoTime));

    private void Tell(string requestId, Message message, Delivery delivery)
    {
        if (delivery.Bug is { } bug) log.InternalError(requestId, message, bug);
        if (delivery.DeadLettered) log.MessageDeadLettered(requestId, message, delivery);
        else log.MessageFailed(requestId, message, delivery);
    }
}
