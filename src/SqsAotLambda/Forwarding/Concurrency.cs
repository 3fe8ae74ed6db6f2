namespace SqsAotLambda.Forwarding;

/// <summary>How many requests may be under way at once: halves with a batch that was throttled, grows by one with each that was not.</summary>
/// <param name="most">The upper limit, and the start.</param>
internal sealed class Concurrency(int most)
{
    private int fewer;

    public int Now => most - fewer;

    public void Record(IEnumerable<Delivery> batch)
    {
        var throttled = batch.Any(delivery => delivery.Outcome is Outcome.Throttled || delivery.QuotaSpent);
        fewer = throttled ? most - Math.Max(1, Now / 2) : Math.Max(0, fewer - 1);
    }
}
