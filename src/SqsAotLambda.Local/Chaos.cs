using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.Local;

/// <summary>Kills a random execution environment at random moments.</summary>
internal sealed class Chaos(
    IReadOnlyList<EnvironmentSlot> slots, Measurements measurements, TimeSpan every, Random random, TimeProvider time)
{
    /// <summary>Bounds the exponential pause, in multiples of its mean.</summary>
    private const double LongestPause = 5;

    /// <param name="enough">Says when to stop, so that the run can end.</param>
    public async Task RunAsync(Func<bool> enough, CancellationToken stop)
    {
        while (!enough())
        {
            var pause = Math.Min(-Math.Log(1 - random.NextDouble()), LongestPause);
            await Task.Delay(every * pause, time, stop);
            if (slots[random.Next(slots.Count)].Kill()) measurements.Killed();
        }
    }
}
