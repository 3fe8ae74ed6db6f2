namespace SqsAotLambda.Benchmarks.Measuring;

/// <summary>How often things are done in one round.</summary>
/// <param name="ColdStarts">Of each kind.</param>
/// <param name="Scale">Of every number of warm invocations.</param>
internal sealed record Effort(int ColdStarts, double Scale)
{
    public static readonly Effort Full = new(ColdStarts: 3, Scale: 1);

    /// <summary>Enough to see that everything works.</summary>
    public static readonly Effort Smoke = new(ColdStarts: 1, Scale: 0.1);

    public int Times(int full) => Math.Max(1, (int)(full * Scale));
}
