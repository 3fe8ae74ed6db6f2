using System.Net;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What a whole function makes of endpoints that throttle, refuse everything, or fail for a while; in the simulated network.</summary>
public sealed class PressureTests : IDisposable
{
    private const string Name = "pressed.example";
    private const int Minute = 60_000;

    private static readonly (string, string) LastReceive = ("FORWARD_MAX_RECEIVE_COUNT", "10");

    private readonly SimulatedWorld world = new();

    /// <summary>When each request came, in milliseconds.</summary>
    private readonly List<long> came = [];

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_throttled_batch_waits_for_its_turns_and_is_delivered_but_for_what_was_throttled()
    {
        var allowed = 3.0;
        Script(() =>
        {
            // 50 a second, 3 at once.
            allowed = Math.Min(3, allowed + ((world.Network.Now - (came.Count > 1 ? came[^2] : 0)) * 0.05));
            if (allowed < 1) return "429 Too Many Requests";
            allowed--;
            return "200 OK";
        });
        var function = world.Compose([Name]);

        var (failed, took) = world.Handle(function, Minute, Messages(100));

        Assert.Equal(100, came.Count);
        Assert.InRange(failed.Length, 4, 30);
        Assert.InRange(took, 2_000, 8_000);
        Assert.InRange(world.Metric("Paced"), 80, 93);
        Assert.Equal(0, world.Metric("NotAttempted"));
    }

    [Fact]
    public void Without_the_pace_a_throttled_batch_goes_on_as_fast_as_it_can()
    {
        Script(() => "429 Too Many Requests");

        var (failed, took) = world.Handle(world.Compose([Name], ("FORWARD_PACE", "off")), Minute, Messages(100));

        Assert.Equal((100, 0), (failed.Length, world.Metric("Paced")));
        Assert.InRange(took, 1, 2_000);
    }

    [Fact]
    public void A_paced_batch_ends_with_its_deadline_and_what_had_no_turn_was_not_attempted()
    {
        Script(() => "429 Too Many Requests");

        var (failed, took) = world.Handle(world.Compose([Name]), 12_000, Messages(100));

        Assert.Equal(100, failed.Length);
        // 10 at once, then one a second.
        Assert.InRange(came.Count, 19, 21);
        Assert.Equal(100 - came.Count, world.Metric("NotAttempted"));
        var paced = world.Lines("MessageFailed").Count(line => line.TryGetProperty("hold", out var hold) && hold.ValueEquals("Pace"));
        Assert.Equal(100 - came.Count, paced);
        Assert.InRange(took, 10_400, 10_600);
    }

    [Fact]
    public void On_its_last_receive_a_message_without_a_turn_is_sent_before_the_last_request_time_out_begins()
    {
        Script(() => "429 Too Many Requests");
        var function = world.Compose([Name], LastReceive, ("FORWARD_TIMEOUT", "5s"));

        world.Handle(function, 12_000, Messages(20).Select(message => message with { ReceiveCount = 10 }));

        Assert.Equal(20, came.Count);
        Assert.InRange(came[^1] - came[0], 5_400, 5_700);
    }

    [Fact]
    public void A_paced_endpoint_holds_up_no_other()
    {
        Script(() => "429 Too Many Requests");
        world.Serve("other.example");
        var function = world.Compose([Name, "other.example"]);
        var other = Enumerable.Range(0, 20).Select(index => To("other.example", $"other {index}"));

        var failed = world.Handle(function, 12_000, Messages(50).Concat(other)).Failed;

        Assert.Equal(50, failed.Length);
    }

    [Fact]
    public void A_wall_of_400_costs_five_dead_letters_and_the_rest_waits()
    {
        Script(() => "400 Bad Request");

        world.Handle(world.Compose([Name]), Minute, Messages(100));

        Assert.Equal((5, 95, 100), (world.Metric("Rejected"), world.Metric("Suspect"), came.Count));
        Assert.Equal(0, world.Metric("Parked"));
    }

    [Fact]
    public void Switched_off_suspicion_dead_letters_each()
    {
        Script(() => "400 Bad Request");

        world.Handle(world.Compose([Name], ("FORWARD_SUSPECT", "off")), Minute, Messages(100));

        Assert.Equal((100, 0), (world.Metric("Rejected"), world.Metric("Suspect")));
    }

    [Fact]
    public void While_an_endpoint_is_suspect_what_it_accepts_is_delivered_and_a_delivery_ends_the_suspicion()
    {
        var rejects = true;
        Script(() => rejects ? "400 Bad Request" : "200 OK");
        var function = world.Compose([Name]);
        world.Handle(function, Minute, Messages(10));
        rejects = false;
        Assert.Empty(world.Handle(function, Minute, Messages(1)).Failed);
        rejects = true;

        world.Handle(function, Minute, Messages(1));

        Assert.Equal((6, 5), (world.Metric("Rejected"), world.Metric("Suspect")));
    }

    [Theory]
    [InlineData("502 Bad Gateway")]
    [InlineData("503 Service Unavailable")]
    public void A_second_of_failures_costs_a_receive_to_those_under_way_until_the_breaker_opens_and_the_probe(string status)
    {
        var end = 1_000L;
        Script(() => world.Network.Now < end ? status : "200 OK");
        var function = world.Compose([Name]);

        var (failed, took) = world.Handle(function, Minute, Messages(200));

        Assert.InRange(failed.Length, 20, 30);
        Assert.InRange(took, 1_000, 4_500);
        Assert.Equal((0, 0), (world.Metric("Parked"), world.Metric("NotAttempted")));
    }

    [Fact]
    public void Ten_seconds_of_failures_are_waited_out_with_a_probe_at_the_end_of_each_pause()
    {
        Script(() => world.Network.Now < 10_000 ? "502 Bad Gateway" : "200 OK");

        var (failed, took) = world.Handle(world.Compose([Name]), Minute, Messages(200));

        Assert.InRange(failed.Length, 23, 33);
        Assert.InRange(took, 15_000, 19_500);
    }

    [Fact]
    public void What_was_refused_a_connection_while_the_breaker_pauses_waits_on_and_only_what_came_before_loses_a_receive()
    {
        var address = IPAddress.Parse("10.9.9.9");
        world.Network.Name(Name, 1, new([address], null));
        var server = world.Network.Serve(new(address, 80), peer => world.Answer(peer), delay: 1);
        server.IsRefusing = true;
        world.Network.After(14_000, () => server.IsRefusing = false);
        var function = world.Compose([Name], ("FORWARD_CONNECT_TIMEOUT", "1s"));

        var (failed, took) = world.Handle(function, Minute, Messages(100));

        Assert.Equal(19, failed.Length);
        Assert.InRange(took, 14_000, 20_000);
    }

    [Fact]
    public void A_pause_that_ends_too_late_is_not_waited_out_and_parks_nothing()
    {
        Script(() => "502 Bad Gateway");
        var function = world.Compose([Name], LastReceive, ("FORWARD_TIMEOUT", "5s"));

        var (failed, took) = world.Handle(function, 9_000, Messages(60));

        // Pauses end after 1 and 3 s; the one that ends after 7 s would leave less than 5 s of 7.5.
        Assert.Equal(60, failed.Length);
        Assert.InRange(took, 1_000, 1_800);
        Assert.Equal(0, world.Metric("Parked"));
        Assert.All(
            world.Lines("MessageFailed").Where(line => line.GetProperty("outcome").ValueEquals("NotAttempted")),
            line => Assert.Equal("Pause", line.GetProperty("hold").GetString()));
    }

    [Fact]
    public void In_a_pause_a_message_on_its_last_receive_goes_behind_the_probe_and_at_once_where_the_pause_ends_too_late()
    {
        Script(() => world.Network.Now < 2_500 ? "502 Bad Gateway" : "200 OK");
        var function = world.Compose([Name], LastReceive, ("FORWARD_TIMEOUT", "5s"));
        world.Handle(function, Minute, Messages(20));
        came.Clear();
        world.Received.Clear();

        var last = To(Name, "last", receives: 10);
        var failed = world.Handle(function, Minute, Messages(2).Append(last)).Failed;

        Assert.Equal(["0"], failed);
        Assert.Equal("last", world.Received[^2..].Intersect(["last"]).Single());
    }

    [Fact]
    public void An_outage_of_minutes_costs_each_environment_the_four_pauses_once()
    {
        Script(() => "502 Bad Gateway");
        var function = world.Compose([Name]);

        var first = world.Handle(function, Minute, Messages(100)).Took;
        var later = Enumerable.Range(0, 20).Sum(_ => world.Handle(function, Minute, Messages(100)).Took);

        Assert.InRange(first, 15_000, 16_500);
        Assert.InRange(later, 0, 500);
    }

    [Fact]
    public void A_breaker_of_one_origin_that_messages_name_holds_up_no_other_origin()
    {
        Script(() => "401 Unauthorized");
        world.Serve("other.example");
        const string Route =
            """[{"name":"any","request":"message","allowedHosts":["pressed.example","other.example"],"allowPrivate":true}]""";
        var function = world.Compose([], ("FORWARD_ROUTES", Route), ("FORWARD_ALLOW_HTTP", "true"));
        world.Handle(function, Minute, Enumerable.Range(0, 10).Select(index => At(Name, index)));

        var failed = world.Handle(function, Minute, [At(Name, 0), At("other.example", 1)]).Failed;

        Assert.Equal(["m0"], failed);
        Assert.InRange(world.Metric("Parked"), 1, 1);

        static Message At(string host, int index) => Given.Message($"m{index}", $$"""{"url":"http://{{host}}/","body":"{{index}}"}""");
    }

    [Fact]
    public void A_limited_group_has_so_many_requests_under_way_and_others_go_on()
    {
        var (underWay, most) = (0, 0);
        world.Script(Name, (peer, request) =>
        {
            if (request.Body.StartsWith("noisy", StringComparison.Ordinal)) most = Math.Max(most, ++underWay);
            world.Network.After(100, () =>
            {
                if (request.Body.StartsWith("noisy", StringComparison.Ordinal)) underWay--;
                Accept(peer);
            });
        });
        var function = world.Compose([Name], ("FORWARD_GROUP_CONCURRENCY", "2"));
        var noisy = Enumerable.Range(0, 20).Select(index => To(Name, $"noisy {index}") with { GroupId = "noisy" });
        var others = Enumerable.Range(0, 5).Select(index => To(Name, $"other {index}"));

        var (failed, took) = world.Handle(function, Minute, noisy.Concat(others));

        Assert.Empty(failed);
        Assert.Equal(2, most);
        Assert.InRange(took, 1_000, 2_500);
        Assert.All(world.Received[..7], body => Assert.True(body.StartsWith("other", StringComparison.Ordinal) || body is "noisy 0" or "noisy 1"));
    }

    [Fact]
    public void A_group_s_limit_holds_over_several_endpoints()
    {
        var (underWay, most) = (0, 0);
        foreach (var name in (string[])[Name, "other.example"])
        {
            world.Script(name, (peer, _) =>
            {
                most = Math.Max(most, ++underWay);
                world.Network.After(100, () =>
                {
                    underWay--;
                    Accept(peer);
                });
            });
        }

        var function = world.Compose([Name, "other.example"], ("FORWARD_GROUP_CONCURRENCY", "3"));
        var batch = Enumerable.Range(0, 20).Select(index => To(index % 2 == 0 ? Name : "other.example", $"{index}") with { GroupId = "noisy" });

        Assert.Empty(world.Handle(function, Minute, batch).Failed);

        Assert.Equal(3, most);
    }

    private static IEnumerable<Message> Messages(int count) => Enumerable.Range(0, count).Select(index => To(Name, $"{index}"));

    /// <summary>A server that takes 20 ms for each answer, whose status line is asked for when the request comes.</summary>
    private void Script(Func<string> status) => world.Script(Name, (peer, _) =>
    {
        came.Add(world.Network.Now);
        var head = $"HTTP/1.1 {status()}\r\nContent-Length: 0\r\n\r\n";
        world.Network.After(20, () => peer.Send(System.Text.Encoding.ASCII.GetBytes(head)));
    });
}
