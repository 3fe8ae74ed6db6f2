using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.ClosingServer;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>What becomes of a message whose request went once more, or could not; in the simulated network.</summary>
public sealed class ResendOutcomeTests : IDisposable
{
    private readonly SimulatedWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("closes")]
    [InlineData("resets")]
    [InlineData("stalls")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    public void What_keeps_the_second_answer_from_coming_is_a_reset_and_there_is_no_third_request(string ending)
    {
        world.Script(Name, (peer, request) =>
            End(peer, request is { Connection: 1, Number: 1 } ? "accepts" : request.Number > 1 ? "resets" : ending));

        var (failed, _) = Handle(Messages(2), OneByOne);

        AssertEnd(["1"], failed, received: ["0", "1", "1"]);
        var line = Assert.Single(world.Lines("MessageFailed"));
        Assert.Equal(("Reset", true), (line.GetProperty("fault").GetString(), line.GetProperty("resent").GetBoolean()));
    }

    [Theory]
    [InlineData(409)]
    [InlineData(425)]
    [InlineData(503)]
    public void Any_other_status_over_a_reused_connection_is_the_endpoint_s_answer(int status)
    {
        world.Script(Name, (peer, request) => End(peer, request.Number > 1 ? $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n" : "accepts"));

        var (failed, _) = Handle(Messages(2), OneByOne);

        AssertEnd(["1"], failed, received: ["0", "1"]);
    }

    [Fact]
    public void The_second_answer_decides()
    {
        world.Script(Name, (peer, request) =>
            End(peer, request switch
            {
                { Connection: 2 } => "HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n",
                { Number: > 1 } => "closes",
                _ => "accepts",
            }));

        Handle(Messages(2), OneByOne);

        Assert.Equal(422, Assert.Single(world.Lines("MessageFailed")).GetProperty("status").GetInt32());
    }

    [Fact]
    public void Both_tries_together_have_the_time_out_of_one()
    {
        world.Script(Name, (peer, request) =>
        {
            if (request is { Connection: 1, Number: 1 }) Accept(peer);
            else if (request.Number > 1) world.Network.After(700, peer.Reset);
        });

        var (failed, took) = Handle(Messages(2), OneByOne, ("FORWARD_TIMEOUT", "1s"));

        AssertEnd(["1"], failed, received: ["0", "1", "1"]);
        Assert.InRange(took, 1_000, 1_300);
    }

    [Theory]
    [InlineData("resets", 3_000)]
    [InlineData("accepts", 2_000)]
    public void The_second_request_moves_the_next_turn_under_the_rate_limit_by_one_interval(string ending, int least)
    {
        world.Script(Name, (peer, request) => End(peer, request is { Body: "1", Number: > 1 } ? ending : "accepts"));

        var (failed, took) = Handle(Messages(3), OneByOne, ("FORWARD_RATE_LIMIT", "1"));

        Assert.Empty(failed);
        Assert.InRange(took, least, least + 500);
    }

    [Theory]
    [InlineData("off", "")]
    [InlineData("on", ""","resend":false""")]
    public void Where_it_is_turned_off_no_message_is_sent_twice(string setting, string member)
    {
        world.Script(Name, (peer, request) => End(peer, request.Number > 1 ? "resets" : "accepts"));
        var route = $$"""[{"name":"a","url":"http://{{Name}}/"{{member}} }]""";

        var (failed, _) = Handle(Messages(10), OneByOne, ("FORWARD_RESEND", setting), ("FORWARD_ROUTES", route));

        Assert.NotEmpty(failed);
        Assert.Equal(10, world.Received.Count);
        Assert.Equal(0, world.Metric("Resent"));
    }

    /// <summary>Twenty faults without a delivery between them open the breaker.</summary>
    [Theory]
    [InlineData("off", "resets", 100)]
    [InlineData("off", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", 100)]
    [InlineData("on", "resets", 1_000)]
    [InlineData("on", "stalls", 1_000)]
    public void The_dead_connection_does_not_count_for_the_breaker_and_the_second_try_does(string resend, string ending, int takes)
    {
        var isUp = true;
        world.Script(Name, (peer, request) => world.Network.After(100, () =>
            End(peer, isUp ? "accepts" : request.Number > 1 ? ending : "resets")));
        var function = Compose(("FORWARD_CONCURRENCY", "25"), ("FORWARD_RESEND", resend), ("FORWARD_TIMEOUT", "5s"));
        Assert.Empty(world.Handle(function, 30_000, Messages(25)).Failed);

        isUp = false;
        world.Handle(function, 30_000, Messages(25));
        isUp = true;
        var took = world.Handle(function, 30_000, To(Name, "last")).Took;

        Assert.InRange(took, takes, takes + 400);
    }

    [Fact]
    public void A_server_that_ends_each_connection_after_its_answer_loses_no_receive_and_from_the_third_end_on_no_second_request()
    {
        world.Script(Name, (peer, _) =>
        {
            Accept(peer);
            peer.Leave();
        });

        var (failed, _) = Handle(Messages(40), OneByOne);

        Assert.Empty(failed);
        Assert.Equal(3, world.Metric("Resent"));
        Assert.InRange(world.Received.Count, 40, 43);
    }

    private Function Compose(params (string, string)[] settings) => world.Compose([Name], settings);

    private (string[] Failed, long Took) Handle(IEnumerable<Message> messages, params (string, string)[] settings) =>
        world.Handle(Compose(settings), 30_000, messages);

    private void AssertEnd(string[] expected, string[] failed, string[] received)
    {
        Assert.Equal(expected, failed);
        Assert.Equal(received, world.Received);
    }
}
