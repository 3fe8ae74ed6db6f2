using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>Calls that met a connection which the server had ended, and connections that sent what nobody asked for, over sockets.</summary>
[Collection(Pool.Host)]
public sealed class RepeatedCallTests : IDisposable
{
    private const string Injected = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\ninjected";

    private readonly Pool pool = new();
    private readonly SynchronizationContext test = SynchronizationContext.Current!;

    public void Dispose() => pool.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData("close")]
    [InlineData("reset")]
    [InlineData("408")]
    public async Task A_call_goes_once_more_over_a_new_connection(string ending)
    {
        await using var server = new StubServer(
            request => request is { Path: "/dead", Connection: 1 } ? Ending(ending) : Replies.Status(200, "ok"));
        await pool.FetchAsync(server);

        Assert.Equal("ok", await pool.FetchAsync(server, "dead"));

        Assert.Equal([("/", 1), ("/dead", 1), ("/dead", 2)], server.Requests.Select(request => (request.Path, request.Connection)));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_second_try_of_a_call_takes_no_connection_that_was_used()
    {
        using var both = new Gathering(2);
        await using var server = new StubServer(request => request switch
        {
            { Path: "/" } => both.Join(Replies.Status(200)),
            { Connection: <= 2 } => Replies.Close,
            _ => Replies.Status(200, "ok"),
        });
        await Task.WhenAll(pool.FetchAsync(server), pool.FetchAsync(server));

        Assert.Equal("ok", await pool.FetchAsync(server, "dead"));

        Assert.Equal(4, server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_call_goes_no_third_time()
    {
        await using var server = new StubServer(request => request.Path == "/dead" ? Replies.Close : Replies.Status(200));
        await pool.FetchAsync(server);

        Assert.Equal(Fault.Truncated, await FaultAsync(pool.FetchAsync(server, "dead")));

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Both_tries_of_a_call_have_the_time_of_one()
    {
        var heard = new TaskCompletionSource();
        await using var server = new StubServer(request => request switch
        {
            { Path: "/" } => Replies.Status(200),
            { Connection: 1 } => After(TimeSpan.FromSeconds(4), Replies.Close),
            _ => Heard(heard, Replies.Stall),
        });
        await pool.FetchAsync(server);

        var exchange = pool.FetchWithinAsync(server, 5, "dead");
        await heard.Task;
        pool.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(exchange.IsCompleted);
        pool.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(Fault.Timeout, await FaultAsync(exchange));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + Injected, 3)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nX", 3)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok" + Injected, 3)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 2)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1)]
    public async Task What_comes_behind_a_whole_answer_makes_each_later_request_take_a_new_connection(string answer, int connections)
    {
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Raw(answer) : Replies.Status(200));

        await pool.FetchAsync(server, "first");
        await pool.FetchAsync(server, "second");
        await pool.FetchAsync(server, "third");

        Assert.Equal(connections, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_just_fills_the_buffer_has_nothing_behind_it()
    {
        const string Head = "HTTP/1.1 200 OK\r\nContent-Length: 16342\r\n\r\n";
        var first = Head + new string('.', (16 * 1024) - Head.Length);
        await using var server = new StubServer(request => request.Path == "/first" ? Replies.Raw(first) : Replies.Status(200));

        await pool.FetchAsync(server, "first");
        await pool.FetchAsync(server, "second");
        await pool.FetchAsync(server, "third");

        Assert.InRange(server.Connections, 1, 2);
    }

    /// <summary>A server that closes a connection over TLS says so, which is not what nobody asked for.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("alert", 2)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", 2)]
    [InlineData(Injected, 3)]
    public async Task Over_TLS_it_is_what_the_server_says_that_counts(string ending, int connections)
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(_ => Replies.Status(200), Server(root));
        await FetchAsync(trusting, server);
        await server.EndAsync(ending == "alert" ? Replies.CloseNotify : Replies.RawThenClose(ending));
        while (server.Open > 0) await Task.Yield();

        await FetchAsync(trusting, server);
        await FetchAsync(trusting, server);

        Assert.Equal(connections, server.Connections);
    }

    private static X509Certificate2 Server(Issued root) =>
        root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey;

    private Reply After(TimeSpan time, Reply then) => async (stream, socket, end) =>
    {
        var advanced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Post(
            _ =>
            {
                pool.Time.Advance(time);
                advanced.SetResult();
            },
            null);
        await advanced.Task.WaitAsync(end);
        return await then(stream, socket, end);
    };

    private static Reply Ending(string how) => how switch
    {
        "close" => Replies.Close,
        "reset" => Replies.Reset,
        _ => Replies.Status(408),
    };
}
