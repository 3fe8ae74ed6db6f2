using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Copies a message to the dead-letter queue, with the reason.</summary>
/// <returns>True when SQS confirmed the copy.</returns>
internal delegate Task<bool> Bury(Message message, Delivery delivery, CancellationToken closing);

/// <summary>Brings one message as far as it can be brought now: to the endpoint, else, if it has no other chance, to the dead letters.</summary>
/// <param name="rate">Null: no limit.</param>
/// <param name="maxReceiveCount">Null: not known, and no receive counts as the last.</param>
internal sealed class Deliverer(Forward forward, Bury bury, Breaker breaker, RateLimit? rate, int? maxReceiveCount)
{
    /// <param name="deadline">For requests.</param>
    /// <param name="closing">For the copy.</param>
    public async Task<Delivery> DeliverAsync(Message message, CancellationToken deadline, CancellationToken closing)
    {
        var delivery = await AttemptAsync(message, deadline);
        if (delivery.IsDone || !(delivery.Outcome is Outcome.Rejected || IsLastReceive(message))) return delivery;

        return delivery with { DeadLettered = await bury(message, delivery, closing) };
    }

    public bool IsLastReceive(Message message) => message.ReceiveCount >= maxReceiveCount;

    private async Task<Delivery> AttemptAsync(Message message, CancellationToken deadline)
    {
        if (message.Defect is { } defect) return new(Outcome.Rejected, Reason: defect);
        if (deadline.IsCancellationRequested) return new(Outcome.NotAttempted, Hold: Hold.Time);

        var admission = breaker.Admit(IsLastReceive(message));
        if (admission is Admission.No) return new(Outcome.NotAttempted, Hold: Hold.Breaker);

        var delivery = default(Delivery);
        try
        {
            var hasTurn = rate is null || await rate.WaitAsync(deadline);
            delivery = hasTurn ? await forward(message, deadline) : new(Outcome.NotAttempted, Hold: Hold.Rate);
        }
        finally
        {
            breaker.Record(admission, delivery.Outcome);
        }

        return delivery;
    }
}
