using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// Doubts an endpoint that rejects one message after the other: it may be a proxy, or a fault of its own, that refuses all. Its rejections then
/// dead-letter nothing, until it accepts a message.
/// </summary>
internal sealed class Suspicion(bool on)
{
    private const int Enough = 5;

    private int rejections;

    /// <summary>The delivery as it counts: a rejection may be suspect.</summary>
    /// <param name="lastReceive">It has no other chance, and is dead-lettered as ever.</param>
    public Delivery Judge(Delivery delivery, bool lastReceive)
    {
        if (!on) return delivery;
        if (delivery.Outcome is Outcome.Delivered or Outcome.Dropped) rejections = 0;
        if (!IsDoubtful(delivery) || rejections++ < Enough || lastReceive) return delivery;

        return delivery with { Outcome = Outcome.Suspect };
    }

    /// <summary>An answer that nobody has said is meant for the one message.</summary>
    private static bool IsDoubtful(Delivery delivery) =>
        delivery is { Outcome: Outcome.Rejected, Status: { } status, Disposition: not Disposition.DeadLetter, Endpoint: { } endpoint }
        && !endpoint.Route.Statuses.Reject.Contains(status);
}
