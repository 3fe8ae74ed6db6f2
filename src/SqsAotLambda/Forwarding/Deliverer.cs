using System.Runtime.CompilerServices;
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
    // Pooled: measured by AllocationTests, as it is in BatchHandler.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Delivery> DeliverAsync(Message message, CancellationToken deadline, CancellationToken closing)
    {
        var admission = Admit(message, deadline, out var delivery);
        if (admission is not Admission.No)
        {
            try
            {
                var hasTurn = rate is null || await rate.WaitAsync(deadline);
                delivery = hasTurn ? await forward(message, deadline) : new(Outcome.NotAttempted, Hold: Hold.Rate);
            }
            finally
            {
                breaker.Record(admission, delivery.Outcome);
            }
        }

        if (delivery.IsDone || !(delivery.Outcome is Outcome.Rejected || IsLastReceive(message))) return delivery;

        return delivery with { DeadLettered = await bury(message, delivery, closing) };
    }

    public bool IsLastReceive(Message message) => message.ReceiveCount >= maxReceiveCount;

    /// <param name="refusal">How it ends without a request, where none may be sent.</param>
    private Admission Admit(Message message, CancellationToken deadline, out Delivery refusal)
    {
        refusal = Delivery.NotReached;
        if (message.Defect is { } defect) refusal = new(Outcome.Rejected, Reason: defect);
        else if (deadline.IsCancellationRequested) refusal = new(Outcome.NotAttempted, Hold: Hold.Time);
        else if (breaker.Admit(IsLastReceive(message)) is var admission and not Admission.No) return admission;
        else refusal = new(Outcome.NotAttempted, Hold: Hold.Breaker);

        return Admission.No;
    }
}
