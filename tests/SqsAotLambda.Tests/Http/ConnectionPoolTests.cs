using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Connections that are kept, replaced and dropped, over sockets.</summary>
public sealed class ConnectionPoolTests : IDisposable
{
    private const int MaxBody = 64 * 1024;

    /// <summary>Over TLS. OpenSSL keeps one session a host, for all tests of the process.</summary>
    private const string Host = "pool.example";

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly TrustFiles files = [];
    private readonly ConnectionPool connections;

    public ConnectionPoolTests() => connections = new(Connector(TrustStore.Default), time);

    public void Dispose()
    {
        connections.Dispose();
        files.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_carries_one_request_after_the_other()
    {
        await using var server = new StubServer(request => Replies.Status(200, request.Path));

        for (var request = 0; request < 5; request++) Assert.Equal($"/{request}", await FetchAsync(server, $"{request}"));

        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
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

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")]
    public async Task A_connection_that_is_to_close_is_closed_and_not_used_again(string answer)
    {
        await using var server = new StubServer(_ => Replies.Raw(answer));

        Assert.Equal("ok", await FetchAsync(server));
        Assert.Equal("ok", await FetchAsync(server));

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

        await FetchAsync(server, "first");

        Assert.Equal("second", await FetchAsync(server, "second"));
        Assert.Equal(2, server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16342\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nT: ")]
    [InlineData("HTTP/1.1 204 No Content\r\nX: ")]
    public async Task What_TLS_holds_behind_an_answer_that_fills_the_buffer_is_no_answer_to_the_next_request(string start)
    {
        var root = Issued.Root("root");
        using var trusting = Trusting(root);
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
            await FetchAsync(server);
            time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_was_idle_for_50_seconds_is_replaced()
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        await FetchAsync(server);
        time.Advance(TimeSpan.FromSeconds(50));
        await FetchAsync(server);

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_burst_the_connections_that_nobody_needs_are_closed()
    {
        using var all = new Gathering(3);
        await using var server = new StubServer(request => request.Path == "/burst" ? all.Join(Replies.Status(200)) : Replies.Status(200));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => FetchAsync(server, "burst")));
        Assert.Equal(3, server.Open);

        for (var request = 0; request < 4; request++)
        {
            await FetchAsync(server);
            time.Advance(TimeSpan.FromSeconds(25));
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
            ["one", "other", "one", "other"], [await FetchAsync(one), await FetchAsync(other), await FetchAsync(one), await FetchAsync(other)]);
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

        var response = await connections.FetchAsync(request, TimeSpan.FromSeconds(10), Deadline.Never);

        Assert.Equal((413, "too long"), (response.Status, Encoding.UTF8.GetString(response.Body.Span)));
        answered.SetResult();
        await refusing;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_fetched_response_holds_when_its_connection_carries_the_next()
    {
        await using var server = new StubServer(request =>
            Replies.Raw($"HTTP/1.1 200 OK\r\nName: {request.Path}\r\nContent-Length: 2\r\n\r\n{request.Path}"));

        var first = await connections.FetchAsync(new("GET", UrlOf(server, "1"), null), TimeSpan.FromSeconds(10), Deadline.Never);
        await connections.FetchAsync(new("GET", UrlOf(server, "2"), null), TimeSpan.FromSeconds(10), Deadline.Never);

        Assert.Equal(("/1", "/1"), (first.Header("Name"u8), Encoding.UTF8.GetString(first.Body.Span)));
        Assert.Equal(1, server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "Truncated")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nx\r\n", "Truncated")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok", "Malformed")]
    public async Task A_body_that_is_wanted_whole_and_is_not_is_a_fault(string answer, string fault)
    {
        await using var server = new StubServer(_ => Replies.RawThenClose(answer));

        Assert.Equal(fault, $"{await FaultAsync(FetchAsync(server))}");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_opened_ahead_carries_the_first_request()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        await connections.PreconnectAsync(UrlOf(server));
        await FetchAsync(server);

        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_that_takes_long_to_resolve_holds_up_nobody_who_opens_a_connection_ahead()
    {
        using var unresolved = new ConnectionPool(
            new(
                new GuardedDialler(guard: null, (_, _) => new TaskCompletionSource<IPAddress[]>().Task).DialAsync,
                TrustStore.Default,
                TimeSpan.FromHours(1),
                MaxBody,
                time), time);

        var opening = unresolved.PreconnectAsync(new("https://name.example/"));
        Assert.False(opening.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        await opening;
    }

    [Fact(Timeout = 30_000)]
    public async Task That_none_can_be_opened_ahead_is_for_the_first_request_to_tell()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}/");

        await connections.PreconnectAsync(url);
        var fault = await Assert.ThrowsAsync<HttpFaultException>(
            () => connections.FetchAsync(new("GET", url, null), TimeSpan.FromSeconds(10), Deadline.Never));

        Assert.Equal(Fault.Connect, fault.Fault);
    }

    [Fact(Timeout = 30_000)]
    public async Task To_open_one_ahead_takes_a_second_at_most()
    {
        using var pool = new ConnectionPool(new Connector(NeverAsync, TrustStore.Default, TimeSpan.FromSeconds(10), MaxBody, time), time);

        var connecting = pool.PreconnectAsync(new("http://name.example/"));
        time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.False(connecting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));

        await connecting;

        static async Task<Socket> NeverAsync(string host, int port, CancellationToken deadline)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, deadline);
            throw new NotSupportedException("It came.");
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_exchange_ends_with_its_time()
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(_ => Heard(heard, Replies.Stall));

        var exchange = FetchWithinAsync(server, 7);
        await heard.Task;
        time.Advance(TimeSpan.FromSeconds(6.999));
        Assert.False(exchange.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(2)]
    [InlineData(60)]
    public async Task The_time_of_an_exchange_is_its_own_and_not_that_of_the_one_before(int seconds)
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall));
        await FetchWithinAsync(server, 10, "first");
        time.Advance(TimeSpan.FromSeconds(5));

        var exchange = FetchWithinAsync(server, seconds);
        await heard.Task;
        time.Advance(TimeSpan.FromSeconds(seconds - 0.001));
        Assert.False(exchange.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_time_of_an_exchange_that_is_over_does_not_end_the_connection()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        await FetchWithinAsync(server, 10);
        time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("ok", await FetchWithinAsync(server, 10));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_deadline_ends_an_exchange_and_no_connection_that_is_idle()
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall));
        var deadline = Deadline.After(TimeSpan.FromSeconds(5), time);
        await FetchUntilAsync(server, "first", deadline);
        time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<OutOfTimeException>(() => FetchUntilAsync(server, "first", deadline));
        await FetchWithinAsync(server, 10, "first");

        var exchange = FetchUntilAsync(server, "", Deadline.After(TimeSpan.FromSeconds(5), time));
        await heard.Task;
        time.Advance(TimeSpan.FromSeconds(6));

        await Assert.ThrowsAsync<OutOfTimeException>(() => exchange);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_that_the_peer_does_not_take_ends_with_its_time()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var request = new Request("POST", new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), new byte[20 * 1024 * 1024]);
        var exchange = connections.FetchAsync(request, TimeSpan.FromSeconds(10), Deadline.Never);
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await peer.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
    }

    [Fact(Timeout = 30_000)]
    public async Task Over_TLS_too_an_exchange_ends_with_its_time_and_the_connection_with_it()
    {
        var heard = new TaskCompletionSource();
        var root = Issued.Root("root");
        using var trusting = Trusting(root);
        await using var server = new StubServer(
            request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall),
            root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);
        await FetchAsync(trusting, server, "first");

        var exchange = FetchAsync(trusting, server);
        await heard.Task;
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
        await FetchAsync(trusting, server, "first");
        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_many_requests_at_once_one_shakes_hands_with_the_origin_and_the_others_go_on_from_its_session()
    {
        var heard = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        using var others = new Gathering(9);
        var root = Issued.Root("root");
        using var trusting = Trusting(root, firstTakes: TimeSpan.FromSeconds(0.1));
        await using var server = new StubServer(
            request =>
                request.Path == "/first"
                    ? Heard(heard, Replies.After(answer.Task, Replies.Status(200)))
                    : others.Join(Replies.Status(200)), LongCertificate(root));

        var all = Enumerable.Range(0, 10).Select(index => FetchAsync(trusting, server, index == 0 ? "first" : "")).ToList();
        await heard.Task;
        Assert.Equal(1, server.Connections);
        answer.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(9, server.Connections);
        // OpenSSL drops a session once a handshake has ended with it: who begins only then makes a whole one.
        Assert.InRange(server.Resumptions, 1, 8);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_takes_longer_than_connecting_did_is_not_waited_for()
    {
        var heard = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        var root = Issued.Root("root");
        using var trusting = Trusting(root, firstTakes: TimeSpan.FromSeconds(0.1));
        await using var server = new StubServer(
            request =>
                request.Path == "/first"
                    ? Heard(heard, Replies.After(answer.Task, Replies.Status(200)))
                    : Replies.Status(200), root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);
        var first = FetchAsync(trusting, server, "first", TimeSpan.FromHours(1), Deadline.Never);
        var other = FetchAsync(trusting, server, "", TimeSpan.FromHours(1), Deadline.Never);
        await heard.Task;

        // In small steps: when the other begins to wait can't be seen from here.
        while (!other.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await other;
        Assert.False(first.IsCompleted);
        answer.SetResult();
        await first;

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_first_handshake_that_fails_holds_up_nobody()
    {
        var root = Issued.Root("root");
        using var trusting = Trusting(Issued.Root("other"));
        await using var server = new StubServer(_ => Replies.Status(200), LongCertificate(root));

        var all = Enumerable.Range(0, 5).Select(_ => FaultAsync(FetchAsync(trusting, server))).ToList();

        Assert.Equal(Enumerable.Repeat(Fault.Certificate, 5), await Task.WhenAll(all));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_session_of_a_connection_opened_ahead_comes_with_its_first_answer()
    {
        using var all = new Gathering(3);
        var root = Issued.Root("root");
        using var trusting = Trusting(root, firstTakes: TimeSpan.FromSeconds(0.1));
        await using var server = new StubServer(
            request => request.Path == "/first" ? Replies.Status(200) : all.Join(Replies.Status(200)), LongCertificate(root));

        await trusting.PreconnectAsync(UrlOf(server));
        await Task.WhenAll([FetchAsync(trusting, server, "first"), .. Enumerable.Range(0, 3).Select(_ => FetchAsync(trusting, server))]);

        Assert.Equal(3, server.Connections);
        Assert.InRange(server.Resumptions, 1, 2);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_opened_ahead_over_TLS_that_the_peer_closed_is_replaced()
    {
        var root = Issued.Root("root");
        using var trusting = Trusting(root);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var connecting = trusting.PreconnectAsync(new($"https://{Host}:{port}/"));
        using (var peer = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
        {
            // The session's tickets are sent and lie unread.
            await using var tls = new SslStream(peer.GetStream());
            await tls.AuthenticateAsServerAsync(root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);
            await connecting;
        }

        listener.Stop();
        await ClosedConnections.ClosedAsync(port);
        var exchange = trusting.FetchAsync(
            new("GET", new($"https://{Host}:{port}/"), null), TimeSpan.FromSeconds(10), Deadline.Never);

        Assert.Equal(Fault.Connect, await FaultAsync(exchange));
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Reply Heard(TaskCompletionSource heard, Reply then)
    {
        heard.SetResult();
        return then;
    }

    private static Uri UrlOf(StubServer server, string path = "") =>
        new(server.Url.Scheme == "https" ? $"https://{Host}:{server.Port}/{path}" : $"{server.Url}{path}");

    private static async Task<Fault> FaultAsync(Task exchange) => (await Assert.ThrowsAsync<HttpFaultException>(() => exchange)).Fault;

    private static async Task<string> FetchAsync(
        ConnectionPool connections, StubServer server, string path, TimeSpan timeout, Deadline deadline)
    {
        var request = new Request("POST", UrlOf(server, path), "body"u8.ToArray());
        var response = await connections.FetchAsync(request, timeout, deadline);
        return Encoding.UTF8.GetString(response.Body.Span);
    }

    private static Task<string> FetchAsync(ConnectionPool connections, StubServer server, string path = "") =>
        FetchAsync(connections, server, path, TimeSpan.FromSeconds(10), Deadline.Never);

    private Task<string> FetchAsync(StubServer server, string path = "") => FetchAsync(connections, server, path);

    private Task<string> FetchWithinAsync(StubServer server, int seconds, string path = "") =>
        FetchAsync(connections, server, path, TimeSpan.FromSeconds(seconds), Deadline.Never);

    private Task<string> FetchUntilAsync(StubServer server, string path, Deadline deadline) =>
        FetchAsync(connections, server, path, TimeSpan.FromSeconds(10), deadline);

    /// <summary>Longer than a handshake that does without it.</summary>
    private static X509Certificate2 LongCertificate(Issued root) => root.Server(Issued.Terms.For(names =>
    {
        names.AddDnsName(Host);
        for (var other = 0; other < 200; other++) names.AddDnsName($"other-{other}.example");
    })).WithKey;

    /// <summary>Trusts whom that root vouches for, and nobody else.</summary>
    /// <param name="firstTakes">How long the first connection takes to open.</param>
    private ConnectionPool Trusting(Issued root, TimeSpan firstTakes = default)
    {
        files.Add("bundle.pem", root.Pem);
        return new(Connector(new TrustStore(new CertificateFiles(files.Bundle, files.Directories), time), firstTakes), time);
    }

    private Connector Connector(TrustStore trust, TimeSpan firstTakes = default)
    {
        var dialler = new GuardedDialler(guard: null);
        var dialled = 0;
        return new(DialAsync, trust, TimeSpan.FromSeconds(10), MaxBody, TimeProvider.System);

        async Task<Socket> DialAsync(string host, int port, CancellationToken deadline)
        {
            var socket = await dialler.DialAsync(host == Host ? "127.0.0.1" : host, port, deadline);
            if (Interlocked.Increment(ref dialled) == 1) time.Advance(firstTakes);
            return socket;
        }
    }
}
