using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Http;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>How long an exchange may take, over sockets.</summary>
[Collection(Pool.Host)]
public sealed class ExchangeTimeTests : IDisposable
{
    private readonly Pool pool = new();

    public void Dispose() => pool.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task An_exchange_ends_with_its_time()
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(_ => Heard(heard, Replies.Stall));

        var exchange = pool.FetchWithinAsync(server, 7);
        await heard.Task;
        pool.Time.Advance(TimeSpan.FromSeconds(6.999));
        Assert.False(exchange.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(2)]
    [InlineData(60)]
    public async Task The_time_of_an_exchange_is_its_own_and_not_that_of_the_one_before(int seconds)
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall));
        await pool.FetchWithinAsync(server, 10, "first");
        pool.Time.Advance(TimeSpan.FromSeconds(5));

        var exchange = pool.FetchWithinAsync(server, seconds);
        await heard.Task;
        pool.Time.Advance(TimeSpan.FromSeconds(seconds - 0.001));
        Assert.False(exchange.IsCompleted);
        pool.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_time_of_an_exchange_that_is_over_does_not_end_the_connection()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        await pool.FetchWithinAsync(server, 10);
        pool.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal("ok", await pool.FetchWithinAsync(server, 10));
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_deadline_ends_an_exchange_and_no_connection_that_is_idle()
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall));
        var deadline = Deadline.After(TimeSpan.FromSeconds(5), pool.Time);
        await pool.FetchUntilAsync(server, "first", deadline);
        pool.Time.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<OutOfTimeException>(() => pool.FetchUntilAsync(server, "first", deadline));
        await pool.FetchWithinAsync(server, 10, "first");

        var exchange = pool.FetchUntilAsync(server, "", Deadline.After(TimeSpan.FromSeconds(5), pool.Time));
        await heard.Task;
        pool.Time.Advance(TimeSpan.FromSeconds(6));

        await Assert.ThrowsAsync<OutOfTimeException>(() => exchange);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_deadline_no_request_begins_and_the_connection_stays_as_it_is()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        await pool.FetchWithinAsync(server, 10);
        var deadline = Deadline.After(TimeSpan.FromSeconds(5), pool.Time);
        pool.Time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAsync<OutOfTimeException>(() => pool.FetchUntilAsync(server, "late", deadline));

        await pool.FetchWithinAsync(server, 10);
        Assert.Equal(1, server.Connections);
        Assert.DoesNotContain(server.Requests, request => request.Path == "/late");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_that_the_peer_does_not_take_ends_with_its_time()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var request = new Request("POST", new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"), new byte[20 * 1024 * 1024]);
        var exchange = pool.Connections.FetchAsync(request, TimeSpan.FromSeconds(10), Deadline.Never);
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await peer.ReceiveAsync(new byte[1024], TestContext.Current.CancellationToken);

        pool.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
    }

    [Fact(Timeout = 30_000)]
    public async Task Over_TLS_too_an_exchange_ends_with_its_time_and_the_connection_with_it()
    {
        var heard = new TaskCompletionSource();
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(
            request => request.Path == "/first" ? Replies.Status(200) : Heard(heard, Replies.Stall),
            root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);
        await FetchAsync(trusting, server, "first");

        var exchange = FetchAsync(trusting, server);
        await heard.Task;
        pool.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
        await FetchAsync(trusting, server, "first");
        Assert.Equal(2, server.Connections);
    }
}
