using System.Net;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Runtime;

/// <summary>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html</summary>
public sealed class RuntimeApiTests
{
    private const string RequestId = "Lambda-Runtime-Aws-Request-Id: id-1";

    /// <summary>2026-01-02 03:04:05.678 UTC.</summary>
    private const string Deadline = "Lambda-Runtime-Deadline-Ms: 1767323045678";

    private const string ErrorType = "Lambda-Runtime-Function-Error-Type: Function.Broken";

    private static readonly Reply Next = Replies.Status(200, """{"Records":[]}""", RequestId, Deadline);

    private static readonly Reply Accepted = Replies.Status(202, """{"status":"OK"}""");

    private static readonly FunctionError Error = new("Function.Broken", "It broke.");

    [Fact(Timeout = 30_000)]
    public async Task Next_asks_for_an_event()
    {
        await using var server = new StubServer(_ => Next);

        await new RuntimeApi(server.Authority).NextAsync();

        AssertRequest(Assert.Single(server.Requests), "GET", "/2018-06-01/runtime/invocation/next", "", $"Host: {server.Authority}");
    }

    [Fact(Timeout = 30_000)]
    public async Task Next_gives_what_the_invocation_needs()
    {
        await using var server = new StubServer(_ => Replies.Status(
            200,
            """{"h\u00e9llo":"☃"}""",
            "Content-Type: application/json",
            RequestId,
            Deadline,
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:f",
            "Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
            "Lambda-Runtime-Invocation-Id: invocation-1"));

        var invocation = await new RuntimeApi(server.Authority).NextAsync();

        Assert.Equal("id-1", invocation.RequestId);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero), invocation.Deadline);
        Assert.Equal("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1", invocation.TraceId);
        Assert.Equal("invocation-1", invocation.InvocationId);
        Assert.Equal("""{"h\u00e9llo":"☃"}""", Text(invocation));
    }

    [Fact(Timeout = 30_000)]
    public async Task Trace_and_invocation_id_may_be_absent()
    {
        await using var server = new StubServer(_ => Next);

        var invocation = await new RuntimeApi(server.Authority).NextAsync();

        Assert.Null(invocation.TraceId);
        Assert.Null(invocation.InvocationId);
    }

    [Fact(Timeout = 30_000)]
    public async Task Header_names_may_have_any_case_and_values_any_character()
    {
        await using var server = new StubServer(_ => Replies.Status(
            200,
            "{}",
            "lambda-runtime-aws-request-id: id-1",
            "LAMBDA-RUNTIME-DEADLINE-MS:1767323045678",
            "lambda-runtime-cognito-identity: h\u00e9llo",
            "lambda-runtime-trace-id: \u2603",
            "lambda-runtime-invocation-id: invocation-1"));

        var invocation = await new RuntimeApi(server.Authority).NextAsync();

        Assert.Equal(
            ("id-1", 1767323045678, "\u2603", "invocation-1"),
            (invocation.RequestId, invocation.Deadline.ToUnixTimeMilliseconds(), invocation.TraceId, invocation.InvocationId));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\nLambda-Runtime-Deadline-Ms: 1\r\nContent-Length: 7\r\n\r\n[1,2,3]")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: id-1\r\nLambda-Runtime-Deadline-Ms: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n[1,"
            + "2\r\n3\r\n,3]\r\n0\r\n\r\n")]
    public async Task An_event_may_arrive_in_any_framing_and_byte_by_byte(string answer)
    {
        await using var server = new StubServer(_ => Replies.Trickled(answer));
        var api = new RuntimeApi(server.Authority);

        for (var i = 0; i < 2; i++)
        {
            var invocation = await api.NextAsync();

            Assert.Equal("id-1", invocation.RequestId);
            Assert.Equal("[1,2,3]", Text(invocation));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_of_6_MB_is_taken()
    {
        var json = $"\"{new string('x', 6 * 1024 * 1024)}\"";
        await using var server = new StubServer(_ => Replies.Status(200, json, RequestId, Deadline));

        var invocation = await new RuntimeApi(server.Authority).NextAsync();

        Assert.Equal(json, Text(invocation));
    }

    [Fact(Timeout = 30_000)]
    public async Task Respond_posts_the_answer()
    {
        await using var server = new StubServer(_ => Accepted);

        var status = await new RuntimeApi(server.Authority).RespondAsync(Invocation(), """{"batchItemFailures":[]}"""u8.ToArray());

        Assert.Equal(202, status);
        AssertRequest(
            Assert.Single(server.Requests),
            "POST",
            "/2018-06-01/runtime/invocation/id-1/response",
            """{"batchItemFailures":[]}""",
            $"Host: {server.Authority}",
            "Content-Type: application/json",
            "Content-Length: 24");
    }

    [Fact(Timeout = 30_000)]
    public async Task Fail_posts_the_error()
    {
        await using var server = new StubServer(_ => Accepted);

        var status = await new RuntimeApi(server.Authority).FailAsync(Invocation(), Error);

        Assert.Equal(202, status);
        AssertRequest(
            Assert.Single(server.Requests),
            "POST",
            "/2018-06-01/runtime/invocation/id-1/error",
            Text(Error),
            $"Host: {server.Authority}",
            "Content-Type: application/vnd.aws.lambda.error+json",
            ErrorType,
            $"Content-Length: {Text(Error).Length}");
    }

    [Fact(Timeout = 30_000)]
    public async Task Fail_init_posts_the_error()
    {
        await using var server = new StubServer(_ => Accepted);

        await new RuntimeApi(server.Authority).FailInitAsync(Error);

        AssertRequest(
            Assert.Single(server.Requests),
            "POST",
            "/2018-06-01/runtime/init/error",
            Text(Error),
            $"Host: {server.Authority}",
            "Content-Type: application/vnd.aws.lambda.error+json",
            ErrorType,
            $"Content-Length: {Text(Error).Length}");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_invocation_id_goes_back_with_the_answer_and_with_the_error()
    {
        await using var server = new StubServer(_ => Accepted);
        var api = new RuntimeApi(server.Authority);

        await api.RespondAsync(Invocation() with { InvocationId = "invocation-1" }, "{}"u8.ToArray());
        await api.FailAsync(Invocation() with { InvocationId = "invocation-2" }, Error);

        Assert.Equal(["invocation-1", "invocation-2"], server.Requests.Select(request => request.Headers["Lambda-Runtime-Invocation-Id"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_id_cannot_change_the_path()
    {
        await using var server = new StubServer(_ => Accepted);

        await new RuntimeApi(server.Authority).RespondAsync(Invocation() with { RequestId = "a/../b ?c#d" }, "{}"u8.ToArray());

        Assert.Equal("/2018-06-01/runtime/invocation/a%2F..%2Fb%20%3Fc%23d/response", Assert.Single(server.Requests).Path);
    }

    [Fact(Timeout = 30_000)]
    public async Task One_connection_carries_many_calls()
    {
        await using var server = new StubServer(request => request.Method == "GET" ? Next : Accepted);
        var api = new RuntimeApi(server.Authority);

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
        var api = new RuntimeApi(server.Authority);

        await api.RespondAsync(Invocation(), "1"u8.ToArray());
        await api.RespondAsync(Invocation(), "2"u8.ToArray());

        Assert.Equal([("1", 1), ("2", 2)], server.Requests.Select(request => (request.Text, request.Connection)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_the_server_closed_between_two_calls_is_opened_again()
    {
        await using var server = new StubServer(_ => Replies.RawThenClose("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"));
        var api = new RuntimeApi(server.Authority);

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
        var api = new RuntimeApi(server.Authority);

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

        var thrown = await Assert.ThrowsAsync<RuntimeApiException>(() => new RuntimeApi(server.Authority).NextAsync());

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
        var api = new RuntimeApi(server.Authority);

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

        var thrown = await Assert.ThrowsAsync<RuntimeApiException>(() => new RuntimeApi(server.Authority).NextAsync());

        Assert.Equal($"The Runtime API sent an event without a readable {missing} header.", thrown.Message);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_Runtime_API_that_nobody_serves_is_the_end()
    {
        // Bound, so that no one else takes the port, but not listening.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var api = new RuntimeApi($"{silent.LocalEndPoint}");

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
            var thrown = await Record.ExceptionAsync(() => call(new(server.Authority)));

            Assert.True(thrown is RuntimeApiException, $"{path}, {how}: {thrown}");
        }

        Assert.Equal(calls.Select(call => call.Path), server.Requests.Select(request => request.Path));
    }

    private static void AssertRequest(StubRequest request, string method, string path, string body, params string[] headers)
    {
        Assert.Equal((method, path, body), (request.Method, request.Path, request.Text));
        Assert.Equal(headers, request.Headers.Select(header => $"{header.Key}: {header.Value}"));
    }

    private static Invocation Invocation() => new("id-1", DateTimeOffset.UnixEpoch, TraceId: null, InvocationId: null, default);

    private static string Text(Invocation invocation) => Encoding.UTF8.GetString(invocation.Event.Span);

    private static string Text(FunctionError error) => Encoding.UTF8.GetString(error.ToJson());
}
