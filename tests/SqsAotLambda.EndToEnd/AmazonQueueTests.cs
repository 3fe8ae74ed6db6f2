using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make run LAMBDA_HOST=Amazon</c> does.</summary>
public sealed class AmazonQueueTests
{
    [Fact(Timeout = 120_000)]
    public async Task Every_message_is_delivered_or_dead_lettered()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Amazon"));

        run.AssertNothingLost(sent: 500);
    }
}
