using System.Text;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Runtime.RuntimeCalls;

namespace SqsAotLambda.Tests.Runtime;

/// <summary><see href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"/></summary>
public sealed class RuntimeApiTests
{
    private const string ErrorType = "Lambda-Runtime-Function-Error-Type: Function.Broken";

    [Fact(Timeout = 30_000)]
    public async Task Next_asks_for_an_event()
    {
        await using var server = new StubServer(_ => Next);

        await new RuntimeApi(server.Authority, TestLoop.Here).NextAsync();

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

        var invocation = await new RuntimeApi(server.Authority, TestLoop.Here).NextAsync();

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

        var invocation = await new RuntimeApi(server.Authority, TestLoop.Here).NextAsync();

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

        var invocation = await new RuntimeApi(server.Authority, TestLoop.Here).NextAsync();

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
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        for (var i = 0; i < 2; i++)
        {
            var invocation = await api.NextAsync();

            Assert.Equal("id-1", invocation.RequestId);
            Assert.Equal("[1,2,3]", Text(invocation));
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\nLambda-Runtime-Aws-Request-Id: id-1\nLambda-Runtime-Deadline-Ms: 1\nContent-Length: 2\n\n{}")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id:\r\n id-1\r\nLambda-Runtime-Deadline-Ms : 1\r\nNo header\r\nContent-Length: 2\r\n\r\n{}")]
    public async Task An_event_whose_head_is_odd_is_taken_and_the_next_comes_over_another_connection(string answer)
    {
        await using var server = new StubServer(_ => Replies.Raw(answer));
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        for (var connection = 1; connection <= 2; connection++)
        {
            var invocation = await api.NextAsync();

            Assert.Equal(("id-1", 1, "{}"), (invocation.RequestId, invocation.Deadline.ToUnixTimeMilliseconds(), Text(invocation)));
            Assert.Equal(connection, server.Requests[^1].Connection);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_of_6_MB_is_taken()
    {
        var json = $"\"{new string('x', 6 * 1024 * 1024)}\"";
        await using var server = new StubServer(_ => Replies.Status(200, json, RequestId, Deadline));

        var invocation = await new RuntimeApi(server.Authority, TestLoop.Here).NextAsync();

        Assert.Equal(json, Text(invocation));
    }

    [Fact(Timeout = 30_000)]
    public async Task Respond_posts_the_answer()
    {
        await using var server = new StubServer(_ => Accepted);

        var status = await new RuntimeApi(server.Authority, TestLoop.Here).RespondAsync(Invocation(), """{"batchItemFailures":[]}"""u8.ToArray());

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

        var status = await new RuntimeApi(server.Authority, TestLoop.Here).FailAsync(Invocation(), Error);

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

        await new RuntimeApi(server.Authority, TestLoop.Here).FailInitAsync(Error);

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
        var api = new RuntimeApi(server.Authority, TestLoop.Here);

        await api.RespondAsync(Invocation() with { InvocationId = "invocation-1" }, "{}"u8.ToArray());
        await api.FailAsync(Invocation() with { InvocationId = "invocation-2" }, Error);

        Assert.Equal(["invocation-1", "invocation-2"], server.Requests.Select(request => request.Headers["Lambda-Runtime-Invocation-Id"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_id_cannot_change_the_path()
    {
        await using var server = new StubServer(_ => Accepted);

        await new RuntimeApi(server.Authority, TestLoop.Here).RespondAsync(Invocation() with { RequestId = "a/../b ?c#d" }, "{}"u8.ToArray());

        Assert.Equal("/2018-06-01/runtime/invocation/a%2F..%2Fb%20%3Fc%23d/response", Assert.Single(server.Requests).Path);
    }

    private static void AssertRequest(StubRequest request, string method, string path, string body, params string[] headers)
    {
        Assert.Equal((method, path, body), (request.Method, request.Path, request.Text));
        Assert.Equal(headers, request.Headers.Select(header => $"{header.Key}: {header.Value}"));
    }

    private static string Text(Invocation invocation) => Encoding.UTF8.GetString(invocation.Event.Span);

    private static string Text(FunctionError error) => Encoding.UTF8.GetString(error.ToJson());
}
