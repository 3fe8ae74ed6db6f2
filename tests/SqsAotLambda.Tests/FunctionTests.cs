using System.Net;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>That each setting of connections and limits reaches them, by a test that fails when its wire is cut.</summary>
public sealed class FunctionTests : IAsyncDisposable
{
    private readonly Wired wired = new();

    public ValueTask DisposeAsync() => wired.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task FORWARD_ALLOW_LOOPBACK_is_what_connections_are_guarded_by(string allowed, bool reaches)
    {
        await wired.HandleAsync([Given.Message()], ("FORWARD_ALLOW_LOOPBACK", allowed), ("FORWARD_URL", $"http://name.example:{wired.Server.Port}/"));

        Assert.Equal(reaches, Assert.Single(wired.Dialled).Allows(IPAddress.Loopback));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task A_request_that_a_message_describes_goes_over_guarded_connections(string allowPrivate, bool reachesPrivate)
    {
        var routes = $$"""[{"name":"a","request":"message","url":"http://name.example:{{wired.Server.Port}}/","allowPrivate":{{allowPrivate}}}]""";

        await wired.HandleAsync([Given.Message()], ("FORWARD_ROUTES", routes));

        Assert.Equal(reachesPrivate, Assert.Single(wired.Dialled).Allows(IPAddress.Parse("10.0.0.1")));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONNECT_TIMEOUT_ends_a_connection_attempt()
    {
        var began = new TaskCompletionSource();
        var handling = wired.HandleAsync(
            [Given.Message()],
            async until =>
            {
                began.SetResult();
                await TestLoop.Here.WaitUntilAsync(until);
                return null;
            },
            ("FORWARD_CONNECT_TIMEOUT", "1234ms"));
        await began.Task;
        wired.Time.Advance(TimeSpan.FromMilliseconds(1233));
        Assert.False(handling.IsCompleted);
        wired.Time.Advance(TimeSpan.FromMilliseconds(1));

        await handling;

        Assert.Equal("Connect", wired.Event("MessageFailed").GetProperty("fault").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_TIMEOUT_ends_a_request()
    {
        var heard = new TaskCompletionSource();
        wired.Answer = (stream, socket, end) =>
        {
            heard.TrySetResult();
            return Replies.Stall(stream, socket, end);
        };
        var handling = wired.HandleAsync([Given.Message()], ("FORWARD_TIMEOUT", "4321ms"));
        await heard.Task;
        wired.Time.Advance(TimeSpan.FromMilliseconds(4320));
        Assert.False(handling.IsCompleted);
        wired.Time.Advance(TimeSpan.FromMilliseconds(1));

        await handling;

        Assert.Equal("Timeout", wired.Event("MessageFailed").GetProperty("fault").GetString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("on", 1)]
    [InlineData("off", 0)]
    public async Task FORWARD_PRECONNECT_opens_the_connection_of_FORWARD_URL_ahead(string preconnect, int connections)
    {
        await wired.Compose(("FORWARD_PRECONNECT", preconnect)).PrepareAsync();

        Assert.Equal(connections, wired.Dialled.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("on", 5)]
    [InlineData("off", 8)]
    public async Task FORWARD_BREAKER_spares_an_endpoint_that_fails(string breaker, int requests)
    {
        wired.Answer = Replies.Status(404);

        await wired.HandleAsync(Given.Batch("a", "b", "c", "d", "e", "f", "g", "h"), ("FORWARD_BREAKER", breaker), ("FORWARD_CONCURRENCY", "1"));

        Assert.Equal(requests, wired.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONCURRENCY_is_the_most_of_one_endpoint()
    {
        using var all = new Gathering(3);
        var (accept, seen) = (Replies.Status(200), 0);
        wired.Answer = (stream, socket, end) => (Interlocked.Increment(ref seen) <= 3 ? all.Join(accept) : accept)(stream, socket, end);

        await wired.HandleAsync(Given.Batch("a", "b", "c", "d", "e", "f"), ("FORWARD_CONCURRENCY", "3"));

        Assert.Equal((6, 3), (wired.Server.Requests.Count, wired.Server.Connections));
    }

    [Fact(Timeout = 10_000)]
    public async Task FORWARD_CONCURRENCY_above_the_default_is_reached_by_one_endpoint()
    {
        using var all = new Gathering(12);
        var accept = Replies.Status(200);
        wired.Answer = (stream, socket, end) => all.Join(accept)(stream, socket, end);

        await wired.HandleAsync(Given.Batch([.. Enumerable.Range(0, 12).Select(each => $"{each}")]), ("FORWARD_CONCURRENCY", "12"));

        Assert.Equal(12, wired.Server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONCURRENCY_is_the_most_of_all_endpoints_together()
    {
        using var all = new Gathering(3);
        var (accept, seen) = (Replies.Status(200), 0);
        wired.Answer = (stream, socket, end) => (Interlocked.Increment(ref seen) <= 3 ? all.Join(accept) : accept)(stream, socket, end);
        var routes = $$"""[{"name":"a","url":"{{wired.Server.Url}}","when":{"body:/r":1} }]""";
        var messages = Enumerable.Range(0, 6).Select(each => Given.Message($"{each}", $"{{\"r\":{each % 2}}}", each)).ToList();

        await wired.HandleAsync(messages, ("FORWARD_ROUTES", routes), ("FORWARD_URL", $"{wired.Server.Url}other"), ("FORWARD_CONCURRENCY", "3"));

        Assert.Equal((6, 3), (wired.Server.Requests.Count, wired.Server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_RATE_LIMIT_spreads_requests()
    {
        var sent = 0;
        Ask ask = (_, _, _, _) =>
        {
            sent++;
            return new(new Answer(200));
        };
        using var function = Given.Function(Given.Settings(wired.Server.Url, ("FORWARD_RATE_LIMIT", "1")), new() { Ask = ask }, wired.Time);

        var handling = function.HandleAsync(Given.Invocation(Given.Batch("a", "b"), wired.Time));
        Assert.Equal(1, sent);
        wired.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await handling);
        Assert.Equal(2, sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_name_of_the_function_is_in_the_metrics()
    {
        await wired.HandleAsync([Given.Message()]);

        Assert.Equal("the-function", wired.Event("BatchMetrics").GetProperty("Function").GetString());
    }
}
