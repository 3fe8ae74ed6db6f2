using System.Net;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.Dialled;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Private networks are closed to requests that messages describe, over a socket.</summary>
public sealed class PrivateAddressTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:a00:1::")]
    public async Task A_listed_name_that_resolves_to_a_private_network_is_refused_to_messages(string address)
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardDescribedAsync(server, "false", IPAddress.Parse(address));

        Assert.Equal((Refused, 0), (delivery, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_its_addresses_messages_get_to_those_alone_that_are_in_no_private_network()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardDescribedAsync(server, "false", Elsewhere, IPAddress.Parse("10.0.0.1"), IPAddress.Loopback);

        Assert.Equal((new(Outcome.Delivered, 200), 1), (delivery, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_route_may_allow_its_messages_private_networks()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        // Documentation's addresses count as private, and nothing answers there.
        var delivery = await ForwardDescribedAsync(server, "true", Elsewhere);

        Assert.Equal((Fault.Connect, 0), (delivery.Fault, server.Connections));
    }

    /// <summary>All requests are to one origin; the first leaves a connection open that the second may not use.</summary>
    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_was_opened_for_others_carries_no_request_of_a_message()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var routes = $$"""
            [{"name":"described","when":{"attribute:is":"described"},"request":"message","url":"{{Named(server)}}","allowPrivate":false},
             {"name":"other","url":"{{Named(server)}}"}]
            """;
        var isPrivate = IPAddress.Parse("10.0.0.1");
        using var function = Compose(
            QuickSettings(("FORWARD_ROUTES", routes)),
            guard => Resolving(guard, guard.Allows(isPrivate) ? IPAddress.Loopback : isPrivate));

        var first = await Given.DeliverAsync(function, Given.Message());
        var described = await Given.DeliverAsync(function, Given.Message() with { Attributes = [new("is", "String", "described")] });
        var again = await Given.DeliverAsync(function, Given.Message());

        Assert.Equal((Outcome.Delivered, Outcome.Delivered, 2), (first.Outcome, again.Outcome, server.Requests.Count));
        Assert.Equal((Outcome.EndpointFault, Fault.Address, 1), (described.Outcome, described.Fault, server.Connections));
    }

    /// <summary>How the delivery of a message that describes its request ended, but for the time it took.</summary>
    private static Task<Delivery> ForwardDescribedAsync(StubServer server, string allowPrivate, params IPAddress[] addresses) => ForwardAsync(
        QuickSettings(("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"{{Named(server)}}","allowPrivate":{{allowPrivate}}}]""")),
        guard => Resolving(guard, addresses));
}
