using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks.Measuring;

/// <summary>
/// Round after round of every scenario with every peer: A B C, then C B A; the first one is thrown away, unless it is the only one.
/// </summary>
internal sealed class Rounds(IReadOnlyList<Peer> peers, IReadOnlyList<Scenario> scenarios, TextWriter progress, TimeProvider time)
{
    /// <summary>A peer that failed in a scenario is not asked again.</summary>
    private readonly HashSet<(Peer, Scenario)> failed = [];

    /// <summary>Rounds that were counted.</summary>
    public int Counted { get; private set; }

    /// <param name="limit">No round begins after it, but one is counted in any case.</param>
    public Results Run(int rounds, TimeSpan limit, CancellationToken stop)
    {
        var start = time.GetTimestamp();
        var discarded = new Results();
        var results = new Results();
        for (var round = 1; round <= rounds; round++)
        {
            if (Counted > 0 && time.GetElapsedTime(start) > limit) break;

            var counts = round > 1 || rounds == 1;
            progress.WriteLine($"round {round} of {rounds}{(counts ? "" : ", which does not count")}");
            RunOnce(round, counts ? results : discarded, results, stop);
            if (counts) Counted++;
        }
        return results;
    }

    private void RunOnce(int round, Results readings, Results failures, CancellationToken stop)
    {
        foreach (var scenario in scenarios)
        {
            for (var repetition = 0; repetition < scenario.Repetitions; repetition++)
            {
                foreach (var peer in (round + repetition) % 2 == 0 ? peers : peers.Reverse())
                {
                    stop.ThrowIfCancellationRequested();
                    if (!failed.Contains((peer, scenario))) Measure(peer, scenario, readings, failures);
                }
            }
        }
    }

    private void Measure(Peer peer, Scenario scenario, Results readings, Results failures)
    {
        try
        {
            Reading[] all = [.. scenario.Measure(peer)];
            foreach (var (metric, value) in all)
            {
                if (!double.IsFinite(value) || value <= 0) throw new BenchmarkFailure($"{metric.Name} is {value}, which is no measure.");
            }
            readings.Add(peer, all);
        }
        catch (BenchmarkFailure failure)
        {
            failed.Add((peer, scenario));
            failures.Fail(peer, scenario, failure.Message);
            progress.WriteLine($"{peer.Name}, {scenario.Name}: {failure.Message}");
        }
    }
}
