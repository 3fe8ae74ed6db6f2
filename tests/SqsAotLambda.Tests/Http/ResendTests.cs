using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>A request that met a connection which the server had ended goes once more, over a new one; in the simulated network.</summary>
public sealed class ResendTests : IDisposable
{
    private const string Name = "closing.example";

    private static readonly (string, string) OneByOne = ("FORWARD_CONCURRENCY", "1");

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
    [InlineData("off", "resets", 0)]
    [InlineData("off", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", 0)]
    [InlineData("on", "resets", 1)]
    [InlineData("on", "stalls", 1)]
    public void The_dead_connection_does_not_count_for_the_breaker_and_the_second_try_does(string resend, string ending, int parked)
    {
        var isUp = true;
        world.Script(Name, (peer, request) => world.Network.After(100, () =>
            End(peer, isUp ? "accepts" : request.Number > 1 ? ending : "resets")));
        var function = Compose(("FORWARD_CONCURRENCY", "25"), ("FORWARD_RESEND", resend), ("FORWARD_TIMEOUT", "5s"));
        Assert.Empty(world.Handle(function, 30_000, Messages(25)).Failed);

        isUp = false;
        world.Handle(function, 30_000, Messages(25));
        world.Handle(function, 30_000, To(Name, "last"));

        Assert.Equal(parked, world.Metric("Parked"));
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

    private static IEnumerable<Message> Messages(int count) => Enumerable.Range(0, count).Select(index => To(Name, $"{index}"));

    private Function Compose(params (string, string)[] settings) => world.Compose([Name], settings);

    private (string[] Failed, long Took) Handle(IEnumerable<Message> messages, params (string, string)[] settings) =>
        world.Handle(Compose(settings), 30_000, messages);

    private void AssertEnd(string[] expected, string[] failed, string[] received)
    {
        Assert.Equal(expected, failed);
        Assert.Equal(received, world.Received);
    }

    private static void End(SimulatedPeer peer, string how)
    {
        switch (how)
        {
            case "accepts": Accept(peer); break;
            case "closes": peer.End(); break;
            case "leaves": peer.Leave(); break;
            case "resets": peer.Reset(); break;
            case "stalls": break;
            default: peer.Send(System.Text.Encoding.ASCII.GetBytes(how)); break;
        }
    }
}
