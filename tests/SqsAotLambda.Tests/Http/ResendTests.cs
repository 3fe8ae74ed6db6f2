using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.ClosingServer;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>Which requests go once more, over a new connection; in the simulated network.</summary>
public sealed class ResendTests : IDisposable
{
    private readonly SimulatedWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData("closes")]
    [InlineData("leaves")]
    [InlineData("resets")]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 100\r\n\r\ncut")]
    public void A_request_whose_reused_connection_had_ended_goes_once_more_over_a_new_connection(string ending)
    {
        var seen = new List<SimulatedRequest>();
        world.Script(Name, (peer, request) =>
        {
            seen.Add(request);
            if (request is { Connection: 1, Number: > 1 }) End(peer, ending);
            else Accept(peer);
        });

        var (failed, took) = Handle(Messages(2), OneByOne);

        Assert.Empty(failed);
        Assert.Equal([(1, 1, "0"), (1, 2, "1"), (2, 1, "1")], seen.Select(each => (each.Connection, each.Number, each.Body)));
        Assert.Equal(1, world.Metric("Resent"));
        Assert.Equal(1, Assert.Single(world.Lines("BatchHandled")).GetProperty("resent").GetInt32());
        Assert.InRange(took, 0, 1_000);
    }

    [Fact]
    public void The_one_more_try_takes_no_connection_that_was_used_and_rests()
    {
        var numbers = new List<int>();
        world.Script(Name, (peer, request) =>
        {
            numbers.Add(request.Number);
            if (request.Number > 1) peer.Reset();
            else world.Network.After(100, () => Accept(peer));
        });
        var function = Compose();
        world.Handle(function, 30_000, Messages(2));

        var (failed, _) = world.Handle(function, 30_000, To(Name, "again"));

        Assert.Empty(failed);
        Assert.Equal([1, 1, 2, 1], numbers);
    }

    [Fact]
    public void The_one_more_try_takes_no_connection_that_was_used_and_falls_free()
    {
        var seen = new List<SimulatedRequest>();
        world.Script(
            Name,
            (peer, request) =>
            {
                seen.Add(request);
                if (request is { Body: "dead", Number: > 1 }) peer.Reset();
                else world.Network.After(request.Body == "slow" ? 60 : 1, () => Accept(peer));
            },
            connectsIn: 500);
        var function = Compose();
        world.Handle(function, 30_000, Messages(2));

        var (failed, _) = world.Handle(function, 30_000, To(Name, "slow"), To(Name, "dead"));

        Assert.Empty(failed);
        Assert.Equal([2, 1], seen.Where(each => each.Body == "dead").Select(each => each.Number));
    }

    [Theory]
    [InlineData("closes", "Truncated")]
    [InlineData("resets", "Reset")]
    public void A_new_connection_that_ends_is_the_endpoint_s_fault(string ending, string fault)
    {
        world.Script(Name, (peer, _) => End(peer, ending));

        var (failed, _) = Handle(Messages(1));

        AssertEnd(["0"], failed, received: ["0"]);
        Assert.Equal(0, world.Metric("Resent"));
        Assert.Equal(fault, Assert.Single(world.Lines("MessageFailed")).GetProperty("fault").GetString());
    }

    [Fact]
    public void A_408_over_a_new_connection_is_the_endpoint_s_answer()
    {
        world.Script(Name, (peer, _) => peer.Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"u8));

        var (failed, _) = Handle(Messages(1));

        AssertEnd(["0"], failed, received: ["0"]);
        Assert.Equal(408, Assert.Single(world.Lines("MessageFailed")).GetProperty("status").GetInt32());
    }

    [Fact]
    public void A_408_over_a_connection_that_was_opened_ahead_lets_the_request_go_once_more()
    {
        world.Script(Name, (peer, request) => End(peer, request.Connection == 1 ? "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n" : "accepts"));
        var function = Compose(("FORWARD_URL", $"http://{Name}/"));
        world.Loop.Run(function.PrepareAsync);

        var (failed, _) = world.Handle(function, 30_000, Given.Message("a", "a"));

        Assert.Empty(failed);
        Assert.Equal(["a", "a"], world.Received);
    }

    [Fact]
    public void A_408_that_the_settings_take_for_success_is_the_answer()
    {
        world.Script(Name, (peer, request) => End(peer, request.Number > 1 ? "HTTP/1.1 408 Taken\r\nContent-Length: 0\r\n\r\n" : "accepts"));

        var (failed, _) = Handle(Messages(2), OneByOne, ("FORWARD_SUCCESS_ON", "200,408"));

        AssertEnd([], failed, received: ["0", "1"]);
    }

    [Theory]
    [InlineData("H")]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n")]
    public void A_request_that_was_answered_in_part_does_not_go_again(string part)
    {
        world.Script(Name, (peer, request) =>
        {
            End(peer, request.Number > 1 ? part : "accepts");
            if (request.Number > 1) peer.Leave();
        });

        var (failed, _) = Handle(Messages(2), OneByOne);

        AssertEnd(["1"], failed, received: ["0", "1"]);
    }

    [Theory]
    [InlineData("on", 1)]
    [InlineData("off", 1)]
    [InlineData("off", 100_000)]
    public void A_request_of_which_nothing_could_be_sent_goes_over_a_new_connection_and_is_not_counted(string resend, int length)
    {
        var seen = new List<(int, int)>();
        SimulatedPeer? first = null;
        world.Script(Name, (peer, request) =>
        {
            first ??= peer;
            seen.Add((request.Connection, request.Body.Length));
            Accept(peer);
        });
        var function = Compose(("FORWARD_RESEND", resend));
        world.Handle(function, 30_000, To(Name, "first"));
        first!.Break();

        var (failed, _) = world.Handle(function, 30_000, To(Name, "second") with { Body = new byte[length] });

        Assert.Empty(failed);
        Assert.Equal([(1, 5), (2, length)], seen);
        Assert.Equal(0, world.Metric("Resent"));
    }

    [Fact]
    public void A_request_of_which_nothing_could_be_sent_in_its_time_opens_no_other_connection()
    {
        world.Script(Name, (peer, _) => Accept(peer), onConnected: peer => peer.Limit(0));

        var (failed, _) = Handle(Messages(1), ("FORWARD_TIMEOUT", "1s"));

        AssertEnd(["0"], failed, received: []);
        Assert.Equal(1, world.Network.Attempts);
    }

    [Fact]
    public void A_request_of_which_nothing_could_be_sent_over_a_new_connection_either_has_failed()
    {
        var breaks = 0;
        world.Script(Name, (peer, _) => End(peer, "accepts"), onConnected: peer =>
        {
            if (breaks++ > 0) peer.Break();
        });
        var function = Compose(("FORWARD_BREAKER", "off"));

        Assert.Empty(world.Handle(function, 30_000, To(Name, "first")).Failed);
        world.Network.Freeze(60_000);
        Assert.Equal(["second"], world.Handle(function, 30_000, To(Name, "second")).Failed);

        Assert.Equal(3, breaks);
        Assert.Equal("Reset", Assert.Single(world.Lines("MessageFailed")).GetProperty("fault").GetString());
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
