using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>What <c>make run</c> does.</summary>
public sealed class StandardQueueTests
{
    [Fact(Timeout = 120_000)]
    public Task Every_message_is_delivered_or_dead_lettered() => AccountAsync(chunked: false);

    [Fact(Timeout = 120_000)]
    public Task A_chunked_Runtime_API_makes_no_difference() => AccountAsync(chunked: true);

    [Fact(Timeout = 120_000)]
    public async Task Each_route_delivers_its_share_and_every_signature_is_right()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--messages", "40", "--max-receive-count", "10");

        run.AssertNothingLost(sent: 40);
        Assert.Equal("10 orders, 10 invoices, 10 webhooks, 9 others", run.Text("  by route"));
        Assert.Equal("11 verified, 0 failed", run.Text("signatures"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_signature_makes_the_run_fail()
    {
        await using var parameters = new StubParameterStore { Value = $"whsec_{Convert.ToBase64String(new byte[32])}" };
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--messages", "3", "--env", $"AWS_ENDPOINT_URL_SSM={parameters.Url}");

        Assert.Equal((1, "0 verified, 1 failed"), (run.ExitCode, run.Text("signatures")));
        Assert.Contains("FAILED: 1 signatures were wrong or missing", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run["lost"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Credentials_of_the_users_own_take_the_place_of_the_runners_routes()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--messages", "10", "--env", "FORWARD_AUTH={}");

        run.AssertNothingLost(sent: 10);
        Assert.Equal(10, run["delivered"]);
        Assert.DoesNotContain("signatures", run.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Connections_that_the_endpoint_ends_while_the_function_is_frozen_cost_no_message()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--freeze", "--messages", "200");

        run.AssertNothingLost(sent: 200);
        Assert.Equal(0, run["duplicates"]);
        Assert.Matches("^[1-9][0-9]* times; the endpoint ended [1-9][0-9]* connections meanwhile$", run.Text("frozen"));
    }

    [Fact(Timeout = 120_000)]
    public async Task Duplicates_of_the_runners_making_are_told_from_those_of_the_function()
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), "--duplicates", "2", "--messages", "200");

        run.AssertNothingLost(sent: 200);
        Assert.Equal(0, run["duplicates"]);
        Assert.Matches("^[1-9][0-9]*, by [1-9][0-9]* batches handed out twice$", run.Text("  of the runner's making"));
    }

    private static async Task AccountAsync(bool chunked)
    {
        var run = await LocalRun.OfAsync(Repository.Bootstrap("Own"), chunked ? ["--chunked"] : []);

        run.AssertNothingLost(sent: 500);
        Assert.Equal(500, run["delivered"] + run["dead-lettered"]);
        Assert.InRange(run["dead-lettered"], 1, 100);
        Assert.Equal(0, run["duplicates"]);
    }
}
