using System.Net;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Connections that are kept, replaced and dropped, over sockets.</summary>
public sealed class ConnectionPoolTests : IDisposable
{
    private const int MaxBody = 64 * 1024;

    private readonly FakeTime time = new();
    private readonly ConnectionPool connections;

    public ConnectionPoolTests() => connections = new(new GuardedDialler(guard: null).DialAsync, TrustStore.Default, TimeSpan.FromSeconds(10), MaxBody, time);

    public void Dispose() => connections.Dispose();

    [Fact]
    public async Task A_connection_carries_one_request_after_the_other()
    {
        await using var server = new StubServer(request => Replies.Status(200, request.Path));

        for (var request = 0; request < 5; request++) Assert.Equal($"/{request}", await FetchAsync(server, $"{request}"));

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_connection_that_the_peer_closed_is_replaced_before_anything_is_sent()
    {
        await using var server = new StubServer(request => Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

        for (var request = 0; request < 5; request++)
        {
            Assert.Equal("ok", await FetchAsync(server));
            await server.ClosedAsync();
        }

        Assert.Equal((5, 5), (server.Requests.Count, server.Connections));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    public async Task A_connection_that_is_to_close_is_not_used_again(string answer)
    {
        await using var server = new StubServer(_ => Replies.Raw(answer));

        Assert.Equal("ok", await FetchAsync(server));
        Assert.Equal("ok", await FetchAsync(server));

        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    public async Task What_follows_an_answer_is_no_answer_to_the_next_request(string answer)
    {
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Raw(answer) : Replies.Status(200, "second"));

        await FetchAsync(server, "first");

        Assert.Equal("second", await FetchAsync(server, "second"));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_connection_older_than_two_minutes_is_replaced_so_that_a_change_of_addresses_is_seen()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        for (var half = 0; half < 5; half++)
        {
            await FetchAsync(server);
            time.Now += TimeSpan.FromSeconds(30);
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_connection_that_was_idle_for_50_seconds_is_replaced()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        await FetchAsync(server);
        time.Now += TimeSpan.FromSeconds(50);
        await FetchAsync(server);

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Connections_are_kept_apart_by_host_and_port()
    {
        await using var one = new StubServer(_ => Replies.Status(200, "one"));
        await using var other = new StubServer(_ => Replies.Status(200, "other"));

        Assert.Equal(["one", "other", "one", "other"], [await FetchAsync(one), await FetchAsync(other), await FetchAsync(one), await FetchAsync(other)]);
        Assert.Equal((1, 1), (one.Connections, other.Connections));
    }

    [Fact]
    public async Task An_answer_that_comes_before_the_request_is_sent_whole_counts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var refusing = RefuseAfterHeadAsync(listener);
        var request = new Request("POST", new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), new byte[20 * 1024 * 1024]);

        var response = await connections.FetchAsync(request, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal((413, "too long"), (response.Status, Encoding.UTF8.GetString(response.Body.Span)));
        await refusing;
    }

    [Fact]
    public async Task A_connection_opened_ahead_carries_the_first_request()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        await connections.PreconnectAsync(new($"http://127.0.0.1:{server.Port}/"));
        await FetchAsync(server);

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task That_none_can_be_opened_ahead_is_for_the_first_request_to_tell()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}/");

        await connections.PreconnectAsync(url);
        var fault = await Assert.ThrowsAsync<HttpFaultException>(() => connections.FetchAsync(new("GET", url, null), TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));

        Assert.Equal(Fault.Connect, fault.Fault);
    }

    /// <summary>Answers as soon as it has seen the head, reads no more, and holds the connection until its peer closes it.</summary>
    private static async Task RefuseAfterHeadAsync(TcpListener listener)
    {
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var head = new byte[1024];
        await peer.ReceiveAsync(head, TestContext.Current.CancellationToken);
        await peer.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo long"), TestContext.Current.CancellationToken);
        try
        {
            while (await peer.ReceiveAsync(head, TestContext.Current.CancellationToken) > 0)
            {
                // What the request's sender had on its way.
            }
        }
        catch (SocketException)
        {
            // It was dropped, not closed.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<string> FetchAsync(StubServer server, string path = "")
    {
        var request = new Request("POST", new($"http://127.0.0.1:{server.Port}/{path}"), "body"u8.ToArray());
        var response = await connections.FetchAsync(request, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(response.Body.Span);
    }
}
