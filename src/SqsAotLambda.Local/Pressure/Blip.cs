namespace SqsAotLambda.Local.Pressure;

/// <summary>How the built-in endpoint fails in the middle of a run.</summary>
/// <param name="Refuses">It refuses connections; otherwise it answers 502.</param>
internal sealed record BlipSetting(TimeSpan Length, bool Refuses);

/// <summary>The built-in endpoint fails for a while in the middle of a run.</summary>
/// <param name="after">So many requests come first; the next one begins it.</param>
internal sealed class Blip(BlipSetting setting, int after, TimeProvider time) : Trouble
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<long> began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int requests;
    private long? beginning;

    public bool Refuses => setting.Refuses;

    /// <summary>Ends when it begins; with the timestamp.</summary>
    public Task<long> Began => began.Task;

    /// <summary>Timestamp of its beginning; null: it has not begun.</summary>
    public long? Beginning
    {
        get { lock (gate) return beginning; }
    }

    /// <summary>How long it still is; zero or less when it is over.</summary>
    /// <param name="beginning">Timestamp.</param>
    public TimeSpan Rest(long beginning) => setting.Length - time.GetElapsedTime(beginning);

    public override Behaviour? Meet()
    {
        lock (gate)
        {
            if (requests++ < after) return null;

            beginning ??= time.GetTimestamp();
            began.TrySetResult(beginning.Value);
            if (Rest(beginning.Value) <= TimeSpan.Zero) return null;

            return Refuses ? Behaviour.CutOff : Behaviour.Broken;
        }
    }
}
