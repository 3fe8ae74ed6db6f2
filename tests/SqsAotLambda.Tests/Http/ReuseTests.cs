using System.Text;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>Servers whose connections are not used again for a minute; in the simulated network.</summary>
public sealed class ReuseTests : IDisposable
{
    private const string Name = "odd.example";

    private readonly SimulatedWorld world = new();
    private readonly Function function;
    private int connections;
    private string unasked = "";

    public ReuseTests()
    {
        world.Script(Name, Serve);
        function = world.Compose([Name]);
    }

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    public void After_three_ends_of_reused_connections_each_request_has_a_new_one(int ends, int opened)
    {
        Send("first");
        for (var end = 0; end < ends; end++) Send("dead");

        Assert.Equal(opened, OpenedFor("second", "third"));
        Assert.Equal(ends, world.Metric("Resent"));
    }

    [Theory]
    [InlineData("dead", 29_000, 2)]
    [InlineData("dead", 31_000, 0)]
    [InlineData("timeout", 29_000, 2)]
    public void Ends_count_together_within_a_minute(string end, int apart, int opened)
    {
        Send("first");
        Send(end);
        for (var more = 0; more < 2; more++)
        {
            world.Network.Freeze(apart);
            Send(end);
        }

        Assert.Equal(opened, OpenedFor("second", "third"));
    }

    [Theory]
    [InlineData(59_000, 2)]
    [InlineData(61_000, 1)]
    public void It_lasts_for_a_minute(int later, int opened)
    {
        Send("first");
        for (var end = 0; end < 3; end++) Send("dead");

        world.Network.Freeze(later);
        Send("the clock is looked at");
        var before = connections;
        Send("second");

        Assert.Equal(opened - 1, connections - before);
    }

    [Fact]
    public void Connections_that_were_used_before_and_rest_are_not_used_either()
    {
        Assert.Empty(world.Handle(function, 30_000, Enumerable.Range(0, 4).Select(index => To(Name, $"slow {index}"))).Failed);
        Assert.Equal(4, connections);
        Assert.Empty(world.Handle(function, 30_000, Enumerable.Range(0, 3).Select(_ => To(Name, "dead"))).Failed);

        Assert.Equal(1, OpenedFor("second"));
    }

    [Fact]
    public void A_connection_that_falls_free_is_not_used_by_who_waits_for_a_new_one()
    {
        var numbers = new List<int>();
        world.Script(
            "far.example",
            (peer, request) =>
            {
                numbers.Add(request.Number);
                if (request is { Body: "dead", Number: > 1 }) peer.Reset();
                else world.Network.After(request.Body == "slow" ? 200 : 1, () => Accept(peer));
            },
            connectsIn: 500);
        var far = world.Compose(["far.example"], ("FORWARD_CONCURRENCY", "2"));
        foreach (var body in (string[])["first", "dead", "dead", "dead"]) world.Handle(far, 30_000, To("far.example", body));
        numbers.Clear();

        Assert.Empty(world.Handle(far, 30_000, To("far.example", "slow"), To("far.example", "quick"), To("far.example", "last")).Failed);

        Assert.Equal([1, 1, 1], numbers);
    }

    [Fact]
    public void Another_server_s_connections_are_used_as_ever()
    {
        var others = 0;
        world.Script("other.example", (peer, request) =>
        {
            others = request.Connection;
            Accept(peer);
        });
        var both = world.Compose([Name, "other.example"]);
        foreach (var body in (string[])["first", "dead", "dead", "dead"]) world.Handle(both, 30_000, To(Name, body));

        for (var request = 0; request < 3; request++) world.Handle(both, 30_000, To("other.example", "a"));

        Assert.Equal(1, others);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 2)]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 2)]
    [InlineData("X", 2)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 1)]
    [InlineData("", 1)]
    public void A_server_that_sends_what_nobody_asked_for_gets_a_new_connection_for_each_request(string sent, int opened)
    {
        unasked = sent;
        Send("ends");
        world.Network.Freeze(1_000);

        Assert.Equal(opened, OpenedFor("second", "third"));
        Assert.Equal(0, world.Metric("Resent"));
    }

    [Fact]
    public void What_is_left_of_a_malformed_body_is_nothing_that_nobody_asked_for()
    {
        Send("malformed");

        Assert.Equal(1, OpenedFor("second", "third"));
    }

    private void Serve(SimulatedPeer peer, SimulatedRequest request)
    {
        connections = Math.Max(connections, request.Connection);
        if (request.Body == "malformed")
        {
            peer.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno length"u8);
            return;
        }

        if (request is { Body: "dead", Number: > 1 })
        {
            peer.Reset();
            return;
        }

        if (request is { Body: "timeout", Number: > 1 })
        {
            peer.Send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"u8);
            return;
        }

        world.Network.After(request.Body.StartsWith("slow", StringComparison.Ordinal) ? 100 : 0, () => Accept(peer));
        if (request.Body != "ends") return;

        // At once, so that its status is there when it is looked at.
        world.Network.After(500, () => peer.SendAtOnce(Encoding.ASCII.GetBytes(unasked)));
        world.Network.After(500, peer.Leave);
    }

    /// <returns>How many connections were opened for these, one request after the other.</returns>
    private int OpenedFor(params string[] bodies)
    {
        var before = connections;
        foreach (var body in bodies) Send(body);
        return connections - before;
    }

    private void Send(string body) => Assert.Empty(world.Handle(function, 30_000, To(Name, body)).Failed);
}
