using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks.Measuring;

/// <summary>All readings, and what went wrong.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Peer, string Metric), List<double>> values = [];
    private readonly List<Metric> metrics = [];
    private readonly List<string> failures = [];

    /// <summary>In the order in which they were first read.</summary>
    public IReadOnlyList<Metric> Metrics => metrics;

    public IReadOnlyList<string> Failures => failures;

    /// <summary>Scenarios that ended well, counted by peer.</summary>
    public int Succeeded { get; private set; }

    public void Add(Peer peer, IEnumerable<Reading> readings)
    {
        foreach (var (metric, value) in readings)
        {
            if (metrics.All(known => known.Name != metric.Name)) metrics.Add(metric);
            if (!values.TryGetValue((peer.Name, metric.Name), out var list)) values[(peer.Name, metric.Name)] = list = [];
            list.Add(value);
        }
        Succeeded++;
    }

    public void Fail(Peer peer, Scenario scenario, string why) => failures.Add($"{peer.Name}, {scenario.Name}: {why}");

    /// <returns>null when the peer has no such reading.</returns>
    public IReadOnlyList<double>? Of(Peer peer, Metric metric) => values.GetValueOrDefault((peer.Name, metric.Name));
}
