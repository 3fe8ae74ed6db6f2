using System.Net;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>Names, addresses and connections of a whole function; in the simulated network.</summary>
public sealed class ConnectionRuleTests
{
    private static readonly string[] Silent = [.. Enumerable.Range(0, 10).Select(index => $"silent-{index}.example")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_that_are_never_answered_cost_nobody_else_s_time(bool silentFirst)
    {
        using var world = new SimulatedWorld();
        foreach (var name in Silent) world.Network.Name(name, delay: null, default);
        var healthy = Enumerable.Range(0, 20).Select(index => $"healthy-{index}.example").ToList();
        foreach (var name in healthy) world.Serve(name);
        var function = world.Compose([.. Silent, .. healthy], ("FORWARD_CONCURRENCY", "10"));
        var (silent, others) = (Silent.Select(name => To(name, name)).ToList(), healthy.Select(name => To(name, name)).ToList());

        var (failed, took) = world.Handle(function, 4_000, silentFirst ? silent.Concat(others) : others.Concat(silent));

        Assert.Equal(Silent, failed);
        Assert.InRange(took, 0, 3_600);
    }

    [Theory]
    [InlineData(1024, 10)]
    [InlineData(64, 4)]
    public void Where_the_process_may_have_few_descriptors_few_names_are_looked_up_at_once(int descriptors, int atOnce)
    {
        using var world = new SimulatedWorld(descriptors);
        foreach (var name in Silent) world.Network.Name(name, delay: null, default);
        var function = world.Compose(Silent, ("FORWARD_CONCURRENCY", "10"));

        world.Handle(function, 4_000, Silent.Select(name => To(name, name)));

        Assert.Equal(atOnce, world.Network.LookedUp.Count);
    }

    [Theory]
    [InlineData("5s", "1s", "Connect")]
    [InlineData("1s", "5s", "Timeout")]
    public void A_name_that_is_never_answered_has_the_time_for_connecting_or_that_of_the_request_where_it_is_shorter(
        string request, string connecting, string fault)
    {
        using var world = new SimulatedWorld();
        world.Network.Name("silent.example", delay: null, default);
        var function = world.Compose(["silent.example"], ("FORWARD_TIMEOUT", request), ("FORWARD_CONNECT_TIMEOUT", connecting));

        var (failed, took) = world.Handle(function, 30_000, To("silent.example", "a"));

        Assert.Equal(["a"], failed);
        Assert.InRange(took, 1_000, 1_100);
        Assert.Equal(fault, Assert.Single(world.Lines("MessageFailed")).GetProperty("fault").GetString());
    }

    [Fact]
    public void Where_the_first_of_two_addresses_swallows_packets_the_second_is_tried_at_once_the_next_time()
    {
        using var world = new SimulatedWorld();
        var at = world.Serve("half.example");
        world.Network.Name("two.example", 1, new([IPAddress.Parse("192.0.2.1"), at.Address], null));
        var function = world.Compose(["two.example"]);

        var (failed, took) = world.Handle(function, 30_000, To("two.example", "first"));
        var (failedAgain, tookAgain) = world.Handle(function, 30_000, To("two.example", "second"), To("two.example", "third"));

        Assert.Empty(failed.Concat(failedAgain));
        Assert.InRange(took, 250, 1_000);
        Assert.InRange(tookAgain, 0, 249);
    }

    [Theory]
    [InlineData(60_000, 0, 249)]
    [InlineData(660_000, 250, 499)]
    public void The_address_that_connected_in_the_place_of_another_is_tried_first_for_ten_minutes(int rests, int least, int most)
    {
        using var world = new SimulatedWorld();
        var at = world.Serve("half.example");
        world.Network.Name("two.example", 1, new([IPAddress.Parse("192.0.2.1"), at.Address], null));
        var function = world.Compose(["two.example"]);
        world.Handle(function, 30_000, To("two.example", "first"));
        world.Network.Freeze(rests);

        var (failed, took) = world.Handle(function, 30_000, To("two.example", "second"));

        Assert.Empty(failed);
        Assert.InRange(took, least, most);
    }

    [Fact]
    public void A_server_that_serves_few_connections_gets_all_messages_over_those()
    {
        using var world = new SimulatedWorld();
        world.Serve("few.example", answerAfter: 20, most: 3);
        var function = world.Compose(["few.example"]);

        var (failed, took) = world.Handle(function, 30_000, Enumerable.Range(0, 10).Select(index => To("few.example", $"{index}")));

        Assert.Empty(failed);
        Assert.InRange(took, 0, 1_000);
    }

    [Theory]
    [InlineData(1024, 100, 872)]
    [InlineData(64, 100, 32)]
    [InlineData(64, 1, 12)]
    public void Connections_stay_below_the_limit_of_descriptors_and_nothing_fails(int descriptors, int concurrency, int most)
    {
        using var world = new SimulatedWorld(descriptors);
        var names = Enumerable.Range(0, 12).Select(index => $"{index}.example").ToList();
        foreach (var name in names) world.Serve(name, answerAfter: 20);
        var function = world.Compose(names, ("FORWARD_CONCURRENCY", $"{concurrency}"));

        // Each route in turn has the connections that it can have.
        foreach (var name in names)
        {
            var (failed, _) = world.Handle(function, 60_000, Enumerable.Range(0, 200).Select(index => To(name, $"{name} {index}")));
            Assert.Empty(failed);
        }

        Assert.Equal(12 * 200, world.Received.Distinct().Count());
        Assert.InRange(world.MostConnections, Math.Min(most, concurrency), most);
    }

    [Fact]
    public void Some_connections_are_left_for_what_is_called_beside_the_requests()
    {
        using var world = new SimulatedWorld(descriptors: 64);
        world.Serve("slow.example", answerAfter: 1_000);
        var function = world.Compose(["slow.example"], ("FORWARD_CONCURRENCY", "100"));

        var (failed, _) = world.Handle(function, 60_000, Enumerable.Range(0, 100).Select(index => To("slow.example", $"{index}")));

        Assert.Empty(failed);
        Assert.Equal(32 - 8, world.MostConnections);
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(20, 8)]
    public void Where_all_connections_rest_the_one_that_has_rested_longest_is_closed_for_a_new_one(int descriptors, int most)
    {
        using var world = new SimulatedWorld(descriptors);
        var names = Enumerable.Range(0, most + 1).Select(index => $"{index}.example").ToList();
        foreach (var name in names) world.Serve(name);
        var function = world.Compose(names);

        names.ForEach(SendTo);
        Assert.Equal((most + 1, most), (world.Network.Attempts, world.Network.Connections));
        names[1..].ForEach(SendTo);
        Assert.Equal(most + 1, world.Network.Attempts);
        SendTo(names[0]);

        Assert.Equal((most + 2, most), (world.Network.Attempts, world.Network.Connections));

        void SendTo(string name)
        {
            var (failed, took) = world.Handle(function, 60_000, To(name, name));
            Assert.Empty(failed);
            Assert.InRange(took, 0, 1_000);
        }
    }

    [Fact]
    public void A_connection_that_falls_free_is_closed_where_another_server_waits_for_its_place()
    {
        using var world = new SimulatedWorld(descriptors: 64);
        world.Network.Name("silent.example", 1, new([IPAddress.Parse("192.0.2.1")], null));
        world.Serve("a.example", answerAfter: 100);
        world.Serve("b.example", answerAfter: 100);
        var function = world.Compose(
            ["silent.example", "a.example", "b.example"],
            ("FORWARD_CONCURRENCY", "100"), ("FORWARD_TIMEOUT", "500ms"), ("FORWARD_CONNECT_TIMEOUT", "10s"), ("FORWARD_BREAKER", "off"));
        // They go on in vain and leave one place.
        foreach (var count in (int[])[24, 7])
            world.Handle(function, 60_000, Enumerable.Range(0, count).Select(index => To("silent.example", $"{count} {index}")));
        Assert.Equal(31, world.Network.Connections);

        var (failed, _) = world.Handle(function, 60_000, To("a.example", "a"), To("b.example", "b"));

        Assert.Empty(failed);
    }

    [Fact]
    public void No_connection_is_opened_for_those_who_no_longer_wait_when_there_is_room_for_it()
    {
        using var world = new SimulatedWorld(descriptors: 64);
        world.Network.Name("silent.example", 1, new([IPAddress.Parse("192.0.2.1")], null));
        var function = world.Compose(
            ["silent.example"],
            ("FORWARD_CONCURRENCY", "100"), ("FORWARD_TIMEOUT", "500ms"), ("FORWARD_CONNECT_TIMEOUT", "10s"), ("FORWARD_BREAKER", "off"));

        for (var batch = 0; batch < 3; batch++)
        {
            var (failed, _) = world.Handle(function, 60_000, Enumerable.Range(0, 24).Select(index => To("silent.example", $"{batch} {index}")));
            Assert.Equal(24, failed.Length);
        }

        Assert.InRange(world.Network.Connections, 1, 32);
        world.Loop.Run(() => world.Loop.WaitUntilAsync(world.Loop.Now + 10_000).AsTask());

        Assert.Equal(0, world.Network.Connections);
    }
}
