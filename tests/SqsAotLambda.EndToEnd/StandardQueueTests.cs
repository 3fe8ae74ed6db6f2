using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make run</c> does.</summary>
public sealed class StandardQueueTests
{
    [Fact]
    public Task Every_message_is_delivered_or_dead_lettered() => AccountAsync(chunked: false);

    [Fact]
    public Task A_chunked_Runtime_API_makes_no_difference() => AccountAsync(chunked: true);

    private static async Task AccountAsync(bool chunked)
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), chunked ? ["--chunked"] : []);

        run.AssertNothingLost(sent: 500);
        Assert.Equal(500, run["delivered"] + run["dead-lettered"]);
        Assert.InRange(run["dead-lettered"], 1, 100);
        Assert.Equal(0, run["duplicates"]);
    }
}
