using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Runtime.RuntimeCalls;

namespace SqsAotLambda.Tests.Runtime;

/// <summary>The connection to the Runtime API: kept from call to call, and what is the end when it is lost.</summary>
public sealed class RuntimeApiConnectionTests
{
    [Fact(Timeout = 30_000)]
    public async Task One_connection_carries_many_calls()
    {
        await using var server = new StubServer(request => request.Method == "GET" ? Next : Accepted);
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        for (var i = 0; i < 100; i++)
        {
            var invocation = await api.NextAsync();
            await api.RespondAsync(invocation, new byte[i * 100]);
            await api.FailAsync(invocation, Error);
        }

        Assert.Equal(300, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.Equal(1, request.Connection));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")]
    [InlineData("HTTP/1.0 202 Accepted\r\nContent-Length: 2\r\n\r\nok")]
    public async Task A_connection_that_is_to_be_closed_is_not_used_again(string answer)
    {
        // The server leaves it open: that it is not used again is the client's doing.
        await using var server = new StubServer(_ => Replies.Raw(answer));
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        await api.RespondAsync(Invocation(), "1"u8.ToArray());
        await api.RespondAsync(Invocation(), "2"u8.ToArray());

        Assert.Equal([("1", 1), ("2", 2)], server.Requests.Select(request => (request.Text, request.Connection)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_the_server_closed_between_two_calls_is_opened_again()
    {
        await using var server = new StubServer(_ => Replies.RawThenClose("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"));
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        await api.RespondAsync(Invocation(), "1"u8.ToArray());
        await server.ClosedAsync();
        await api.RespondAsync(Invocation(), "2"u8.ToArray());

        Assert.Equal([("1", 1), ("2", 2)], server.Requests.Select(request => (request.Text, request.Connection)));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_nobody_asked_for_is_not_taken_for_the_next()
    {
        var stale = "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno";
        await using var server = new StubServer(request => request.Connection == 1 ? Replies.Raw(stale) : Accepted);
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        await api.RespondAsync(Invocation(), "1"u8.ToArray());
        var second = await api.RespondAsync(Invocation(), "2"u8.ToArray());

        Assert.Equal(202, second);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "closed before the answer", "" },
        { "closed in the status line", "HTTP/1.1 2" },
        { "closed in the head", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" },
        { "closed in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell" },
        { "closed in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" },
        { "not HTTP", "hello\r\n\r\n" },
        { "two lengths", $"HTTP/1.1 200 OK\r\n{RequestId}\r\n{Deadline}\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{{}}" },
        { "a head without end", $"HTTP/1.1 200 OK\r\n{RequestId}\r\n{Deadline}\r\nContent-Length: 2\r\nLarge: {new string('x', 70_000)}" },
        { "too long", "HTTP/1.1 200 OK\r\nContent-Length: 33554433\r\n\r\n" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Broken))]
    public async Task A_connection_that_breaks_while_an_answer_is_awaited_is_the_end(string how, string answer)
    {
        await using var server = new StubServer(_ => Replies.RawThenClose(answer));

        await AssertLostAsync(server, how);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_reset_while_an_answer_is_awaited_is_the_end()
    {
        await using var server = new StubServer(_ => Replies.Reset);

        await AssertLostAsync(server, "reset");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_error_is_the_end(int status)
    {
        await using var server = new StubServer(_ => Replies.Status(status, "{}", RequestId, Deadline));

        await AssertLostAsync(server, $"{status}");
    }

    [Theory(Timeout = 30_000)]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(301)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task Anything_but_200_to_next_is_the_end(int status)
    {
        await using var server = new StubServer(_ => Replies.Status(status, "{}", RequestId, Deadline));

        var thrown = await Assert.ThrowsAsync<RuntimeApiException>(() => new RuntimeApi(server.Authority, TestLoop.Here).NextAsync());

        Assert.Equal($"The Runtime API answered {status} to next.", thrown.Message);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(413)]
    [InlineData(499)]
    public async Task Another_status_to_an_answer_or_an_error_is_given_to_the_caller(int status)
    {
        await using var server = new StubServer(_ => Replies.Status(status, "{}"));
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        var responded = await api.RespondAsync(Invocation(), "{}"u8.ToArray());
        var failed = await api.FailAsync(Invocation(), Error);

        Assert.Equal((status, status), (responded, failed));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Lambda-Runtime-Aws-Request-Id", Deadline)]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId)]
    [InlineData("Lambda-Runtime-Aws-Request-Id", Deadline, "Lambda-Runtime-Aws-Request-Id:")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms:")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: soon")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: 1.5")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: -1")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: 253402300800000")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: 9223372036854775807")]
    [InlineData("Lambda-Runtime-Deadline-Ms", RequestId, "Lambda-Runtime-Deadline-Ms: 99999999999999999999")]
    public async Task An_event_without_readable_request_id_or_deadline_is_the_end(string missing, params string[] headers)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "{}", headers));

        var thrown = await Assert.ThrowsAsync<RuntimeApiException>(() => new RuntimeApi(server.Authority, TestLoop.Here).NextAsync());

        Assert.Equal($"The Runtime API sent an event without a readable {missing} header.", thrown.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_Runtime_API_that_nobody_serves_is_the_end()
    {
        // Bound, so that no one else takes the port, but not listening.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var api = new RuntimeApi($"{silent.LocalEndPoint}", TestLoop.Here);

        var thrown = await Assert.ThrowsAsync<RuntimeApiException>(api.NextAsync);

        Assert.Contains($"{silent.LocalEndPoint}", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RuntimeApiException>(() => api.FailInitAsync(Error));
    }

    /// <summary>Each call fails, and none is made twice: Lambda may have taken the first.</summary>
    private static async Task AssertLostAsync(StubServer server, string how)
    {
        (string Path, Func<RuntimeApi, Task> Call)[] calls =
        [
            ("/2018-06-01/runtime/invocation/next", api => api.NextAsync()),
            ("/2018-06-01/runtime/invocation/id-1/response", api => api.RespondAsync(Invocation(), "{}"u8.ToArray())),
            ("/2018-06-01/runtime/invocation/id-1/error", api => api.FailAsync(Invocation(), Error)),
            ("/2018-06-01/runtime/init/error", api => api.FailInitAsync(Error)),
        ];
        foreach (var (path, call) in calls)
        {
            var thrown = await Record.ExceptionAsync(() => call(new(server.Authority, TestLoop.Here)));

            Assert.True(thrown is RuntimeApiException, $"{path}, {how}: {thrown}");
        }

        Assert.Equal(calls.Select(call => call.Path), server.Requests.Select(request => request.Path));
    }
}
