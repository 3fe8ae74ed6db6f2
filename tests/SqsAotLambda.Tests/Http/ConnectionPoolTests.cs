using System.Net;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>Connections that are kept, replaced and dropped, over sockets.</summary>
[Collection(Pool.Host)]
public sealed class ConnectionPoolTests : IDisposable
{
    private readonly Pool pool = new();

    public void Dispose() => pool.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_connection_carries_one_request_after_the_other()
    {
        await using var server = new StubServer(request => Replies.Status(200, request.Path));

        for (var request = 0; request < 5; request++) Assert.Equal($"/{request}", await pool.FetchAsync(server, $"{request}"));

        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_the_peer_closed_is_replaced_before_anything_is_sent()
    {
        await using var server = new StubServer(request => Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

        for (var request = 0; request < 5; request++)
        {
            Assert.Equal("ok", await pool.FetchAsync(server));
            await server.ClosedAsync();
        }

        Assert.Equal((5, 5), (server.Requests.Count, server.Connections));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    public async Task A_connection_that_is_to_close_is_closed_and_not_used_again(string answer)
    {
        await using var server = new StubServer(_ => Replies.Raw(answer));

        Assert.Equal("ok", await pool.FetchAsync(server));
        Assert.Equal("ok", await pool.FetchAsync(server));

        Assert.Equal(2, server.Connections);
        while (server.Open > 0) await Task.Yield();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")]
    public async Task What_follows_an_answer_is_no_answer_to_the_next_request(string answer)
    {
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Raw(answer) : Replies.Status(200, "second"));

        await pool.FetchAsync(server, "first");

        Assert.Equal("second", await pool.FetchAsync(server, "second"));
        Assert.Equal(2, server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16342\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: ")]
    [InlineData("HTTP/1.1 204 No Content\r\nX: ")]
    public async Task What_TLS_holds_behind_an_answer_that_fills_the_buffer_is_no_answer_to_the_next_request(string start)
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        var end = start.EndsWith(": ", StringComparison.Ordinal) ? "\r\n\r\n" : "";
        var first = start + new string('.', 16 * 1024 - start.Length - end.Length) + end;
        await using var server = new StubServer(
            request =>
                request.Path == "/first"
                    ? Replies.Raw(first + "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected")
                    : Replies.Status(200, "second"), root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);

        await FetchAsync(trusting, server, "first");

        Assert.Equal("second", await FetchAsync(trusting, server, "second"));
        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_older_than_two_minutes_is_replaced_so_that_a_change_of_addresses_is_seen()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        for (var half = 0; half < 5; half++)
        {
            await pool.FetchAsync(server);
            pool.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_was_idle_for_50_seconds_is_replaced()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        await pool.FetchAsync(server);
        pool.Time.Advance(TimeSpan.FromSeconds(50));
        await pool.FetchAsync(server);

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_burst_the_connections_that_nobody_needs_are_closed()
    {
        using var all = new Gathering(3);
        await using var server = new StubServer(request => request.Path == "/burst" ? all.Join(Replies.Status(200)) : Replies.Status(200));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.FetchAsync(server, "burst")));
        Assert.Equal(3, server.Open);

        for (var request = 0; request < 4; request++)
        {
            await pool.FetchAsync(server);
            pool.Time.Advance(TimeSpan.FromSeconds(25));
        }

        while (server.Open > 1) await Task.Yield();
        Assert.Equal(3, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connections_are_kept_apart_by_host_and_port()
    {
        await using var one = new StubServer(_ => Replies.Status(200, "one"));
        await using var other = new StubServer(_ => Replies.Status(200, "other"));

        Assert.Equal(
            ["one", "other", "one", "other"],
            [await pool.FetchAsync(one), await pool.FetchAsync(other), await pool.FetchAsync(one), await pool.FetchAsync(other)]);
        Assert.Equal((1, 1), (one.Connections, other.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_comes_before_the_request_is_sent_whole_counts()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answered = new TaskCompletionSource();
        var refusing = RefuseAfterHeadAsync(listener, answered.Task);
        var request = new Request("POST", new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), new byte[20 * 1024 * 1024]);

        var response = await pool.Connections.FetchAsync(request, TimeSpan.FromSeconds(10), Deadline.Never);

        Assert.Equal((413, "too long"), (response.Status, Encoding.UTF8.GetString(response.Body.Span)));
        answered.SetResult();
        await refusing;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_fetched_response_holds_when_its_connection_carries_the_next()
    {
        await using var server = new StubServer(request =>
            Replies.Raw($"HTTP/1.1 200 OK\r\nName: {request.Path}\r\nContent-Length: 2\r\n\r\n{request.Path}"));

        var first = await pool.Connections.FetchAsync(new("GET", UrlOf(server, "1"), null), TimeSpan.FromSeconds(10), Deadline.Never);
        await pool.Connections.FetchAsync(new("GET", UrlOf(server, "2"), null), TimeSpan.FromSeconds(10), Deadline.Never);

        Assert.Equal(("/1", "/1"), (first.Header("Name"u8), Encoding.UTF8.GetString(first.Body.Span)));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bug_is_thrown_as_it_is_and_is_no_fault_of_the_connection()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var request = new Request("GET", UrlOf(server), null);
        request.Add("X", "line\nend");

        await Assert.ThrowsAsync<ArgumentException>(() => pool.Connections.FetchAsync(request, TimeSpan.FromSeconds(10), Deadline.Never));

        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "Truncated")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nx\r\n", "Truncated")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok", "Malformed")]
    public async Task A_body_that_is_wanted_whole_and_is_not_is_a_fault(string answer, string fault)
    {
        await using var server = new StubServer(_ => Replies.RawThenClose(answer));

        Assert.Equal(fault, $"{await FaultAsync(pool.FetchAsync(server))}");
    }

    /// <summary>
    /// Answers as soon as it has seen the head, reads no more until that was read, and holds the connection until its peer closes it.
    /// </summary>
    private static async Task RefuseAfterHeadAsync(TcpListener listener, Task answered)
    {
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var head = new byte[1024];
        await peer.ReceiveAsync(head, TestContext.Current.CancellationToken);
        await peer.SendAsync(
            Encoding.ASCII.GetBytes("HTTP/1.1 413 Content Too Large\r\nContent-Length: 8\r\n\r\ntoo long"), TestContext.Current.CancellationToken);
        await answered;
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
}
