using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>SIGKILL at random moments.</summary>
public sealed class KilledBootstrapTests
{
    [Fact(Timeout = 120_000)]
    public async Task Killing_the_bootstrap_at_random_moments_loses_nothing()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--kill-every", "150ms", "--seed", "20261121", "--messages", "1000");

        run.AssertNothingLost(sent: 1000);
        Assert.InRange(run["killed"], 5, int.MaxValue);
    }
}
