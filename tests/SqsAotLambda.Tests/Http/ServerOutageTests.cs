using System.Net;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>A server that refuses connections, as one does that restarts, is waited for; in the simulated network.</summary>
public sealed class ServerOutageTests : IDisposable
{
    private static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.1.1"), 80);

    private readonly SimulatedWorld world = new();

    public ServerOutageTests() => world.Network.Name("down.example", 1, new([Address.Address], null));

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(400)]
    [InlineData(2400)]
    public void A_restart_costs_no_receive(int milliseconds)
    {
        RestartFor(milliseconds);
        var function = world.Compose(["down.example"]);

        var (failed, took) = world.Handle(function, 30_000, Enumerable.Range(0, 30).Select(index => To("down.example", $"{index}")));

        Assert.Empty(failed);
        Assert.Equal(30, world.Received.Distinct().Count());
        Assert.InRange(took, milliseconds, milliseconds + 1_000);
    }

    [Fact]
    public void One_attempt_at_a_time_is_made_for_all_that_wait()
    {
        var function = world.Compose(["down.example"]);

        var (failed, _) = world.Handle(function, 30_000, Enumerable.Range(0, 10).Select(index => To("down.example", $"{index}")));

        Assert.Equal(10, failed.Length);
        // Ten at first; then after 50, 150, 350, 750, 1250, 1750, 2250 and 2750 ms.
        Assert.InRange(world.Network.Attempts, 15, 19);
    }

    [Fact]
    public void Who_waits_for_a_server_that_keeps_three_connections_takes_one_that_falls_free()
    {
        var (connections, server) = (0, default(SimulatedServer));
        server = world.Network.Serve(Address, peer =>
        {
            if (++connections == 3) server!.IsRefusing = true;
            world.Answer(peer, after: 100);
        });
        var function = world.Compose(["down.example"]);

        var (failed, took) = world.Handle(function, 30_000, Enumerable.Range(0, 10).Select(index => To("down.example", $"{index}")));

        Assert.Empty(failed);
        Assert.Equal(3, connections);
        Assert.InRange(took, 400, 1_500);
    }

    [Fact]
    public void After_a_wait_in_vain_none_is_begun_for_30_seconds_but_for_a_last_receive()
    {
        var function = world.Compose(["down.example"], ("FORWARD_MAX_RECEIVE_COUNT", "3"), ("FORWARD_BREAKER", "off"));
        long Took(int receives) => world.Handle(function, 30_000, To("down.example", "a", receives)).Took;

        var (first, second, last) = (Took(1), Took(1), Took(3));
        world.Network.Freeze(31_000);
        var later = Took(1);

        Assert.InRange(first, 2_500, 3_100);
        Assert.InRange(second, 0, 100);
        Assert.InRange(last, 2_500, 3_100);
        Assert.InRange(later, 2_500, 3_100);
    }

    [Fact]
    public void For_nearly_30_seconds_after_a_wait_in_vain_nobody_waits()
    {
        var function = world.Compose(["down.example"], ("FORWARD_BREAKER", "off"));
        world.Handle(function, 30_000, To("down.example", "a"));
        world.Network.Freeze(29_000);

        Assert.InRange(world.Handle(function, 30_000, To("down.example", "a")).Took, 0, 100);
    }

    [Fact]
    public void The_deadline_ends_the_wait()
    {
        var function = world.Compose(["down.example"], ("FORWARD_DEADLINE_MARGIN", "1s"));

        var (failed, took) = world.Handle(function, 2_500, To("down.example", "a"));

        Assert.Equal(["a"], failed);
        Assert.InRange(took, 900, 1_100);
    }

    [Fact]
    public void Who_waits_holds_no_slot()
    {
        world.Serve("up.example");
        var function = world.Compose(["down.example", "up.example"], ("FORWARD_CONCURRENCY", "2"));

        var batch = Enumerable.Range(0, 40).Select(index => To(index < 20 ? "down.example" : "up.example", $"{index}"));
        var (failed, _) = world.Handle(function, 2_500, batch);

        Assert.Equal(Enumerable.Range(0, 20).Select(index => $"{index}"), failed);
    }

    [Fact]
    public void A_probe_of_the_breaker_does_not_wait()
    {
        var function = world.Compose(["down.example"]);
        for (var batch = 0; batch < 20; batch++) world.Handle(function, 30_000, To("down.example", $"{batch}"));
        world.Network.Freeze(60_000);

        var (_, took) = world.Handle(function, 30_000, To("down.example", "probe"));

        Assert.InRange(took, 0, 100);
    }

    /// <summary>The server takes no connection for so long.</summary>
    private void RestartFor(int milliseconds) => world.Network.After(milliseconds, () => world.Network.Serve(Address, peer => world.Answer(peer)));
}
