using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>How the messages of a batch ended, counted.</summary>
internal sealed class Tally
{
    public static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();

    private readonly int[] counts = new int[Outcomes.Length];

    /// <param name="deliveries">By the messages' positions.</param>
    public Tally(Batch batch, Delivery[] deliveries)
    {
        Messages = deliveries.Length;
        for (var position = 0; position < deliveries.Length; position++)
        {
            var delivery = deliveries[position];
            counts[(int)delivery.Outcome]++;
            if (delivery.Latency is not null) Requests++;
            HeadersLeftOut += delivery.HeadersLeftOut?.Count ?? 0;
            if (delivery.DeadLettered) DeadLettered++;
            else if (delivery.Hold is Hold.Breaker) Parked++;
            if (!delivery.IsDone) MostReceives = Math.Max(MostReceives, batch.Messages[position].ReceiveCount ?? 1);
        }
    }

    public int Messages { get; }

    public int this[Outcome outcome] => counts[(int)outcome];

    public int Requests { get; }

    /// <summary>Held back by the breaker.</summary>
    public int Parked { get; }

    public int DeadLettered { get; }

    /// <summary>By requests that were sent.</summary>
    public int HeadersLeftOut { get; }

    /// <summary>Of a message that was not delivered; 0 when all were.</summary>
    public int MostReceives { get; }
}
