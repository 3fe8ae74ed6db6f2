namespace SqsAotLambda.Simulation.World;

/// <summary>Chance that one number decides.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong state = seed;

    /// <summary>0 up to, not including, the limit.</summary>
    public int Below(int limit)
    {
        // SplitMix64: seeds one apart have nothing in common.
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)(((mixed ^ (mixed >> 31)) >> 33) % (uint)Math.Max(1, limit));
    }

    /// <summary>Both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool OneIn(int times) => Below(times) == 0;

    public T Of<T>(params ReadOnlySpan<T> all) => all[Below(all.Length)];
}
