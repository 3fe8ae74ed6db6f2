namespace SqsAotLambda.Forwarding;

/// <summary>How the messages of a batch ended, counted.</summary>
internal sealed class Tally
{
    public static readonly Outcome[] Outcomes = Enum.GetValues<Outcome>();

    private readonly int[] counts = new int[Outcomes.Length];

    public Tally(Delivery[] deliveries)
    {
        Messages = deliveries.Length;
        foreach (var delivery in deliveries)
        {
            counts[(int)delivery.Outcome]++;
            if (delivery.DeadLettered) DeadLettered++;
            else if (delivery.Hold is Hold.Breaker) Parked++;
        }
    }

    public int Messages { get; }

    public int this[Outcome outcome] => counts[(int)outcome];

    /// <summary>Held back by the breaker.</summary>
    public int Parked { get; }

    public int DeadLettered { get; }
}
