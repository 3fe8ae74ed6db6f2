using System.Globalization;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>How often the lives met each event of a kind.</summary>
internal sealed class Coverage<T>
    where T : struct, Enum
{
    private static readonly T[] Events = Enum.GetValues<T>();

    private readonly long[] met = new long[Events.Length];

    public IEnumerable<T> Missed => Events.Where((_, index) => met[index] == 0);

    public void Add(Func<T, long> countOf)
    {
        for (var index = 0; index < met.Length; index++) met[index] += countOf(Events[index]);
    }

    public override string ToString() =>
        string.Join(", ", Events.Select((each, index) => $"{each} {met[index].ToString("N0", CultureInfo.InvariantCulture)}"));
}
