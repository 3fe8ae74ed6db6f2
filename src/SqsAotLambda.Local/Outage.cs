namespace SqsAotLambda.Local;

/// <summary>The time that the built-in endpoint is down: from its first request on.</summary>
internal sealed class Outage(TimeSpan length, TimeProvider time)
{
    private readonly Lock gate = new();
    private long? began;

    /// <summary>Whether a request that comes in now finds the endpoint down; the first one begins the outage.</summary>
    public bool IsOn()
    {
        lock (gate)
        {
            began ??= time.GetTimestamp();
            return time.GetElapsedTime(began.Value) < length;
        }
    }
}
