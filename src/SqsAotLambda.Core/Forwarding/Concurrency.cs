namespace SqsAotLambda.Forwarding;

/// <summary>
/// How many lanes may be under way to one endpoint at once: halves with a batch that was throttled, grows by one with each that was
/// delivered and not throttled.
/// </summary>
/// <param name="most">The upper limit, and the start.</param>
internal sealed class Concurrency(int most)
{
    private int fewer;

    public int Now => most - fewer;

    public void Halve() => fewer = most - Math.Max(1, Now / 2);

    /// <summary>By one, up to the limit.</summary>
    public void Grow() => fewer = Math.Max(0, fewer - 1);
}
