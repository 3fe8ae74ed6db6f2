using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make run FIFO=1</c> does.</summary>
public sealed class FifoQueueTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_order_holds_in_every_group_with_failures_among_them()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--fifo");

        run.AssertNothingLost(sent: 100);
        Assert.Equal("held in 10 groups", run.Text("order"));
        Assert.InRange(run["dead-lettered"], 1, 99);
    }
}
