using System.Net;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.Dialled;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Which addresses a message can get to, over a socket.</summary>
public sealed class AddressTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("127.0.0.1")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[0:0:0:0:0:ffff:7f00:0001]")]
    public async Task Loopback_is_dialled_in_no_form_unless_it_is_allowed(string host)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var url = new Uri($"http://{host}:{server.Port}/");

        var refused = await ForwardAsync(url, allowLoopback: false);
        var connections = server.Connections;
        var allowed = await ForwardAsync(url, allowLoopback: true);

        Assert.Equal((Refused, 0), (refused, connections));
        Assert.Equal((new(Outcome.Delivered, 200), 1), (allowed, server.Connections));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("[::1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[::ffff:0:127.0.0.1]")]
    [InlineData("[::ffff:0:7f00:1]")]
    [InlineData("[::5efe:127.0.0.1]")]
    [InlineData("[64:ff9b::127.0.0.1]")]
    [InlineData("[64:ff9b:1::127.0.0.1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("0.0.0.0")]
    [InlineData("0")]
    [InlineData("[::]")]
    [InlineData("[::ffff:0.0.0.0]")]
    [InlineData("169.254.169.254")]
    [InlineData("2852039166")]
    [InlineData("0xa9.0xfe.0xa9.0xfe")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fe80::1%251]")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    public async Task No_other_refused_address_is_dialled(string host)
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardAsync(new($"http://{host}:{server.Port}/"), allowLoopback: false);

        Assert.Equal((Refused, 0), (delivery, server.Connections));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("[::ffff:0.0.0.0]")]
    public async Task The_unspecified_address_is_no_way_to_loopback_even_where_that_is_allowed(string host)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var url = new Uri($"http://{host}:{server.Port}/");

        Assert.Equal((Refused, 0), (await ForwardAsync(url, allowLoopback: true), server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_to_the_metadata_address_is_not_followed()
    {
        await using var server = new StubServer(_ => Replies.Status(302, "", "Location: http://169.254.169.254/latest/meta-data/"));

        Assert.Equal(new(Outcome.EndpointFault, 302), await ForwardAsync(server.Url, allowLoopback: true));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_that_resolves_to_loopback_is_refused()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardAsync(Named(server), allowLoopback: false, guard => Resolving(guard, IPAddress.Loopback, IPAddress.IPv6Loopback));

        Assert.Equal((Refused, 0), (delivery, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_is_resolved_once_for_a_connection_and_what_was_judged_is_what_is_dialled()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var answers = new Queue<IPAddress>([Elsewhere, IPAddress.Loopback]);
        Func<AddressGuard, GuardedResolver> oneByOne = guard => Resolving(guard, () => [answers.Dequeue()]);

        var first = await ForwardAsync(Named(server), allowLoopback: false, oneByOne);
        var leftAfterFirst = answers.Count;
        var second = await ForwardAsync(Named(server), allowLoopback: false, oneByOne);

        Assert.Equal((Fault.Connect, 1), (first.Fault, leftAfterFirst));
        Assert.Equal((Refused, 0), (second, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_allowed_and_refused_addresses_only_the_allowed_are_dialled()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardAsync(
            Named(server), allowLoopback: false, guard => Resolving(guard, IPAddress.Loopback, Elsewhere, IPAddress.Loopback));

        Assert.Equal((Fault.Connect, 0), (delivery.Fault, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_allowed_address_is_dialled_though_others_of_the_name_are_refused()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var metadata = IPAddress.Parse("169.254.169.254");

        var delivery = await ForwardAsync(Named(server), allowLoopback: true, guard => Resolving(guard, metadata, IPAddress.Any, IPAddress.Loopback));

        Assert.Equal((new(Outcome.Delivered, 200), 1), (delivery, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_that_cannot_be_reached_gives_way_to_the_next()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        var delivery = await ForwardAsync(
            Named(server), allowLoopback: true, guard => Resolving(guard, IPAddress.IPv6Loopback, IPAddress.Parse("127.0.0.2"), IPAddress.Loopback));

        Assert.Equal((new(Outcome.Delivered, 200), 1), (delivery, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_without_an_address_is_a_DNS_fault() =>
        Assert.Equal(
            new(Outcome.Unavailable, Fault: Fault.Dns),
            await ForwardAsync(new("http://name.example/"), allowLoopback: false, guard => Resolving(guard)));

    [Fact(Timeout = 30_000)]
    public async Task A_resolver_that_fails_is_a_DNS_fault()
    {
        var delivery = await ForwardAsync(
            new("http://name.example/"),
            allowLoopback: false,
            guard => new(guard, TestLoop.Here, (_, _) => new(new NameAnswer([], "Name or service not known"))));

        Assert.Equal(new(Outcome.Unavailable, Fault: Fault.Dns), delivery);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_resolver_that_does_not_answer_in_time_is_a_connect_fault()
    {
        var delivery = await ForwardAsync(new("http://name.example/"), allowLoopback: false, Unresolved);

        Assert.Equal(new(Outcome.Unavailable, Fault: Fault.Connect), delivery);
    }
}
