using System.Globalization;

namespace SqsAotLambda.Simulation.Checking;

/// <summary>How often the lives met each event of TLS.</summary>
internal sealed class Coverage
{
    /// <summary>So many lives meet every event.</summary>
    public const int Enough = 2000;

    private static readonly TlsEvent[] Events = Enum.GetValues<TlsEvent>();

    private readonly long[] met = new long[Events.Length];

    public IEnumerable<TlsEvent> Missed => Events.Where(each => met[(int)each] == 0);

    public void Add(SimulatedTls tls)
    {
        foreach (var each in Events) met[(int)each] += tls.CountOf(each);
    }

    public override string ToString() =>
        string.Join(", ", Events.Select(each => $"{each} {met[(int)each].ToString("N0", CultureInfo.InvariantCulture)}"));
}
