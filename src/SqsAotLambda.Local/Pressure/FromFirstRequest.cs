namespace SqsAotLambda.Local.Pressure;

/// <summary>A length of time that begins with the first request.</summary>
internal sealed class FromFirstRequest(TimeSpan length, TimeProvider time)
{
    private readonly Lock gate = new();
    private long? began;

    /// <summary>Whether a request that comes in now belongs to it; the first one begins it.</summary>
    public bool IsOn()
    {
        lock (gate)
        {
            began ??= time.GetTimestamp();
            return time.GetElapsedTime(began.Value) < length;
        }
    }
}
