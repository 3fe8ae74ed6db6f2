using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>Connections that are opened before the first request, over sockets.</summary>
[Collection(Pool.Host)]
public sealed class PreconnectTests : IDisposable
{
    private readonly Pool pool = new();

    public void Dispose() => pool.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_connection_opened_ahead_carries_the_first_request()
    {
        await using var server = new StubServer(_ => Replies.Status(200));

        await pool.Connections.PreconnectAsync(UrlOf(server));
        await pool.FetchAsync(server);

        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_end_of_a_connection_opened_ahead_is_none_of_one_that_was_used()
    {
        var request = 0;
        await using var server = new StubServer(stub => stub.Path != "/ends" ? Replies.Status(200)
            : ++request % 2 == 1 ? Replies.Status(408, "", "Connection: close") : Replies.Status(200, "", "Connection: close"));
        for (var time = 0; time < 3; time++)
        {
            await pool.Connections.PreconnectAsync(UrlOf(server));
            await pool.FetchAsync(server, "ends");
        }

        for (var time = 0; time < 2; time++) await pool.FetchAsync(server);

        Assert.Equal((6, 7), (request, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_name_that_takes_long_to_resolve_holds_up_nobody_who_opens_a_connection_ahead()
    {
        using var unresolved = new ConnectionPool(
            new(Dialled.Unresolved(guard: null).ResolveAsync, TrustStore.None, TimeSpan.FromHours(1), MaxBody, TestLoop.Here),
            new(TestLoop.Here),
            TestLoop.Here);

        var opening = unresolved.PreconnectAsync(new("https://name.example/"));
        Assert.False(opening.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(1));

        await opening;
    }

    [Fact(Timeout = 30_000)]
    public async Task That_none_can_be_opened_ahead_is_for_the_first_request_to_tell()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}/");

        await pool.Connections.PreconnectAsync(url);
        var fault = await Assert.ThrowsAsync<HttpFaultException>(
            () => pool.Connections.FetchAsync(new("GET", url, null), TimeSpan.FromSeconds(10), Impatient));

        Assert.Equal(Fault.Connect, fault.Fault);
    }

    [Fact(Timeout = 30_000)]
    public async Task To_open_one_ahead_takes_a_second_at_most()
    {
        var connector = new Connector(NeverAsync, TrustStore.None, TimeSpan.FromSeconds(10), MaxBody, TestLoop.Here);
        using var never = new ConnectionPool(connector, new(TestLoop.Here), TestLoop.Here);

        var connecting = never.PreconnectAsync(new("http://name.example/"));
        pool.Time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.False(connecting.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(0.001));

        await connecting;

        static async ValueTask<IPEndPoint[]?> NeverAsync(string host, int port, long until)
        {
            await TestLoop.Here.WaitUntilAsync(until);
            return null;
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task All_others_go_on_from_the_ticket_of_a_connection_opened_ahead()
    {
        using var all = new Gathering(3);
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(
            request => request.Path == "/first" ? Replies.Status(200) : all.Join(Replies.Status(200)), LongCertificate(root));

        await trusting.PreconnectAsync(UrlOf(server));
        await Task.WhenAll([FetchAsync(trusting, server, "first"), .. Enumerable.Range(0, 3).Select(_ => FetchAsync(trusting, server))]);

        Assert.Equal(4, server.Connections);
        // .NET's server does not take up each of its tickets.
        Assert.InRange(server.Resumptions, 2, 3);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_opened_ahead_over_TLS_that_is_too_old_is_replaced(bool isTimeTold)
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(_ => Replies.Status(200, "ok"), LongCertificate(root));
        await trusting.PreconnectAsync(UrlOf(server));

        pool.Time.Advance(TimeSpan.FromSeconds(51));
        // Timers come up at the end of a turn.
        for (var turn = 0; isTimeTold && turn < 2; turn++) await TestLoop.Here.NextTurnAsync().AsTask();

        Assert.Equal("ok", await FetchAsync(trusting, server));
        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_opened_ahead_over_TLS_that_the_peer_closed_is_replaced()
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
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
            new("GET", new($"https://{Host}:{port}/"), null), TimeSpan.FromSeconds(10), Impatient);

        Assert.Equal(Fault.Connect, await FaultAsync(exchange));
    }

    private static Deadline Impatient => Deadline.Never with { Patience = Patience.None };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
