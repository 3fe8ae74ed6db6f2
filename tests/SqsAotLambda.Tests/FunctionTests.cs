using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>That each setting reaches the part it is for: for every wire in the diagram a test that fails when it is cut.</summary>
public sealed class FunctionTests : IAsyncDisposable
{
    private const string SecretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf";
    private const string Parameter = "arn:aws:ssm:us-east-1:123456789012:parameter/a";

    private readonly StubServer server;
    private readonly StubSqs sqs = new();
    private readonly StubSecretsManager secrets = new() { Value = "the secret" };
    private readonly StubParameterStore parameters = new();
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly MemoryStream log = new();
    private readonly List<AddressGuard> dialled = [];
    private readonly List<Function> functions = [];
    private Reply answer = Replies.Status(200);

    public FunctionTests() => server = new(_ => answer);

    private static Message LastReceive => Given.Message("a") with { ReceiveCount = 7 };

    public async ValueTask DisposeAsync()
    {
        functions.ForEach(each => each.Dispose());
        await server.DisposeAsync();
        await sqs.DisposeAsync();
        await secrets.DisposeAsync();
        await parameters.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task FORWARD_ALLOW_LOOPBACK_is_what_connections_are_guarded_by(string allowed, bool reaches)
    {
        await HandleAsync([Given.Message()], ("FORWARD_ALLOW_LOOPBACK", allowed), ("FORWARD_URL", $"http://name.example:{server.Port}/"));

        Assert.Equal(reaches, Assert.Single(dialled).Allows(IPAddress.Loopback));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task A_request_that_a_message_describes_goes_over_guarded_connections(string allowPrivate, bool reachesPrivate)
    {
        var routes = $$"""[{"name":"a","request":"message","url":"http://name.example:{{server.Port}}/","allowPrivate":{{allowPrivate}}}]""";

        await HandleAsync([Given.Message()], ("FORWARD_ROUTES", routes));

        Assert.Equal(reachesPrivate, Assert.Single(dialled).Allows(IPAddress.Parse("10.0.0.1")));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONNECT_TIMEOUT_ends_a_connection_attempt()
    {
        var began = new TaskCompletionSource();
        var handling = HandleAsync(
            [Given.Message()],
            async deadline =>
            {
                began.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, deadline);
                throw new NotSupportedException("It ended.");
            },
            ("FORWARD_CONNECT_TIMEOUT", "1234ms"));
        await began.Task;
        time.Advance(TimeSpan.FromMilliseconds(1233));
        Assert.False(handling.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await handling;

        Assert.Equal("Connect", Event("MessageFailed").GetProperty("fault").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_TIMEOUT_ends_a_request()
    {
        var heard = new TaskCompletionSource();
        answer = (stream, socket, end) =>
        {
            heard.TrySetResult();
            return Replies.Stall(stream, socket, end);
        };
        var handling = HandleAsync([Given.Message()], ("FORWARD_TIMEOUT", "4321ms"));
        await heard.Task;
        time.Advance(TimeSpan.FromMilliseconds(4320));
        Assert.False(handling.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await handling;

        Assert.Equal("Timeout", Event("MessageFailed").GetProperty("fault").GetString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("on", 1)]
    [InlineData("off", 0)]
    public async Task FORWARD_PRECONNECT_opens_the_connection_of_FORWARD_URL_ahead(string preconnect, int connections)
    {
        await Compose(("FORWARD_PRECONNECT", preconnect)).PrepareAsync();

        Assert.Equal(connections, dialled.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("on", 5)]
    [InlineData("off", 8)]
    public async Task FORWARD_BREAKER_spares_an_endpoint_that_fails(string breaker, int requests)
    {
        answer = Replies.Status(404);

        await HandleAsync(Given.Batch("a", "b", "c", "d", "e", "f", "g", "h"), ("FORWARD_BREAKER", breaker), ("FORWARD_CONCURRENCY", "1"));

        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONCURRENCY_is_the_most_of_one_endpoint()
    {
        using var all = new Gathering(3);
        var (accept, seen) = (Replies.Status(200), 0);
        answer = (stream, socket, end) => (Interlocked.Increment(ref seen) <= 3 ? all.Join(accept) : accept)(stream, socket, end);

        await HandleAsync(Given.Batch("a", "b", "c", "d", "e", "f"), ("FORWARD_CONCURRENCY", "3"));

        Assert.Equal((6, 3), (server.Requests.Count, server.Connections));
    }

    [Fact(Timeout = 10_000)]
    public async Task FORWARD_CONCURRENCY_above_the_default_is_reached_by_one_endpoint()
    {
        using var all = new Gathering(12);
        var accept = Replies.Status(200);
        answer = (stream, socket, end) => all.Join(accept)(stream, socket, end);

        await HandleAsync(Given.Batch([.. Enumerable.Range(0, 12).Select(each => $"{each}")]), ("FORWARD_CONCURRENCY", "12"));

        Assert.Equal(12, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CONCURRENCY_is_the_most_of_all_endpoints_together()
    {
        using var all = new Gathering(3);
        var (accept, seen) = (Replies.Status(200), 0);
        answer = (stream, socket, end) => (Interlocked.Increment(ref seen) <= 3 ? all.Join(accept) : accept)(stream, socket, end);
        var routes = $$"""[{"name":"a","url":"{{server.Url}}","when":{"body:/r":1} }]""";
        var messages = Enumerable.Range(0, 6).Select(each => Given.Message($"{each}", $"{{\"r\":{each % 2}}}", each)).ToList();

        await HandleAsync(messages, ("FORWARD_ROUTES", routes), ("FORWARD_URL", $"{server.Url}other"), ("FORWARD_CONCURRENCY", "3"));

        Assert.Equal((6, 3), (server.Requests.Count, server.Connections));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_RATE_LIMIT_spreads_requests()
    {
        var sent = 0;
        Ask ask = (_, _, _) =>
        {
            sent++;
            return new(new Answer(200));
        };
        using var function = Given.Function(Given.Settings(server.Url, ("FORWARD_RATE_LIMIT", "1")), new() { Ask = ask }, time);

        var handling = function.HandleAsync(Given.Invocation(Given.Batch("a", "b"), time));
        Assert.Equal(1, sent);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await handling);
        Assert.Equal(2, sent);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_BACKOFF_BASE", "10s", 1, "", 8, 12)]
    [InlineData("FORWARD_BACKOFF_BASE", "0s", 1, "", null, null)]
    [InlineData("FORWARD_BACKOFF_CAP", "40s", 6, "", 32, 40)]
    [InlineData("FORWARD_RETRY_AFTER_MAX", "100s", 1, "Retry-After: 200", 100, 100)]
    [InlineData("FORWARD_RETRY_AFTER_MAX", "300s", 1, "Retry-After: 200", 200, 200)]
    public async Task Back_off_is_what_the_settings_say(string name, string value, int receives, string header, int? least, int? most)
    {
        answer = header.Length > 0 ? Replies.Status(503, "", header) : Replies.Status(503);

        await HandleAsync([Given.Message() with { ReceiveCount = receives }], (name, value));

        var delays = sqs.VisibilityChanges.Select(call => call.GetProperty("Entries")[0].GetProperty("VisibilityTimeout").GetInt32());
        if (least is null) Assert.Empty(delays);
        else Assert.InRange(Assert.Single(delays), least.Value, most!.Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_makes_a_receive_the_last()
    {
        answer = Replies.Status(503);

        var failed = await HandleAsync([LastReceive], ("FORWARD_MAX_RECEIVE_COUNT", "7"), Dead);

        Assert.Empty(failed);
        Assert.Single(sqs.Sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_is_in_the_metrics()
    {
        answer = Replies.Status(503);

        await HandleAsync([Given.Message() with { ReceiveCount = 2 }], ("FORWARD_MAX_RECEIVE_COUNT", "7"));

        Assert.Equal(5, Event("BatchMetrics").GetProperty("ReceivesLeft").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_lengthens_the_park_of_the_last_receives()
    {
        answer = Replies.Status(404);
        var batch = Given.Batch("a", "b", "c", "d", "e", "f").Select(message => message with { ReceiveCount = 5 }).ToList();

        await HandleAsync(batch, ("FORWARD_MAX_RECEIVE_COUNT", "7"), ("FORWARD_CONCURRENCY", "1"));

        var parked = sqs.VisibilityChanges.SelectMany(call => call.GetProperty("Entries").EnumerateArray()).Last();
        Assert.True(parked.GetProperty("VisibilityTimeout").GetInt32() >= 900);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_DLQ_URL_takes_what_is_rejected()
    {
        answer = Replies.Status(400);

        Assert.Empty(await HandleAsync([Given.Message()], Dead));
        Assert.Equal("https://sqs.us-east-1.amazonaws.com/123456789012/dead", Assert.Single(sqs.Sent).GetProperty("QueueUrl").GetString());
        Assert.Single(await HandleAsync([Given.Message()]));
        Assert.Single(sqs.Sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_AUTH_is_asked_for_in_Secrets_Manager_and_shown_to_the_endpoint()
    {
        await HandleAsync(
            [Given.Message()],
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{SecretArn}}"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()));

        Assert.Single(secrets.Calls);
        Assert.Equal("Bearer the secret", Assert.Single(server.Requests).Headers["Authorization"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_AUTH_is_asked_for_in_Parameter_Store_and_signs_requests()
    {
        parameters.Value = "the key";

        await HandleAsync(
            [Given.Message()],
            ("FORWARD_AUTH", $$"""{"default-sign":{"type":"hmac-sha256","header":"X-Hub","secret":"ssm:{{Parameter}}"} }"""),
            ("AWS_ENDPOINT_URL_SSM", parameters.Url.ToString()));

        Assert.Single(parameters.Calls);
        Assert.Equal(64, Assert.Single(server.Requests).Headers["X-Hub"].Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_keys_of_the_environment_sign_requests_and_calls_of_SQS()
    {
        answer = Replies.Status(400);

        await HandleAsync(
            [Given.Message()], Dead, ("FORWARD_AUTH", """{"default":{"type":"sigv4","service":"lambda","region":"eu-west-1"}}"""));

        Assert.Contains("Credential=AKIDEXAMPLE/", Assert.Single(server.Requests).Headers["Authorization"], StringComparison.Ordinal);
        Assert.Contains("Credential=AKIDEXAMPLE/", Assert.Single(sqs.Calls).Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_name_of_the_function_is_in_the_metrics()
    {
        await HandleAsync([Given.Message()]);

        Assert.Equal("the-function", Event("BatchMetrics").GetProperty("Function").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task Secrets_are_fetched_before_the_first_message()
    {
        await Compose(
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{SecretArn}}"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString())).PrepareAsync();

        Assert.Single(secrets.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_REDRIVE_KEY_seals_dead_letters()
    {
        answer = Replies.Status(400);

        await HandleAsync([Given.Message()], Dead, ("FORWARD_REDRIVE_KEY", "env:KEY"), ("KEY", "k"));

        Assert.Contains("\"hmac\":", FailureOf(Assert.Single(sqs.Sent)), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("env:KEY", "a")]
    [InlineData("", "other")]
    public async Task FORWARD_REDRIVE_KEY_tells_whether_a_first_id_is_believed(string key, string expected)
    {
        var forged = Given.Message("a") with { Attributes = [new("ForwardFailure", "String", """{"messageId":"other","hmac":"00"}""")] };

        await HandleAsync([forged], ("FORWARD_REDRIVE_KEY", key), ("KEY", "k"));

        Assert.Equal(expected, Assert.Single(server.Requests).Headers["Idempotency-Key"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_CONTENT_TYPE", "text/x-a", "Content-Type: text/x-a")]
    [InlineData("FORWARD_HEADERS", "cloudevents", "ce-id: a")]
    [InlineData("FORWARD_USER_AGENT", "Mine/1", "User-Agent: Mine/1")]
    [InlineData("FORWARD_IDEMPOTENCY_HEADER", "X-Key", "X-Key: a")]
    [InlineData("FORWARD_IDEMPOTENCY_SOURCE", "attribute:k", "Idempotency-Key: v")]
    public async Task A_setting_of_requests_is_in_the_request(string name, string value, string header)
    {
        await HandleAsync([Given.Message("a") with { Attributes = [new("k", "String", "v")] }], (name, value));

        Assert.Contains(header, Assert.Single(server.Requests).Headers.Select(each => $"{each.Key}: {each.Value}"));
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_CLOUDEVENTS_TYPE_is_the_type_of_events()
    {
        await HandleAsync([Given.Message()], ("FORWARD_HEADERS", "cloudevents"), ("FORWARD_CLOUDEVENTS_TYPE", "com.example.a"));

        Assert.Equal("com.example.a", Assert.Single(server.Requests).Headers["ce-type"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_HEADER_leaves_out_what_is_longer()
    {
        await HandleAsync([Given.Message() with { Attributes = [new("k", "String", new('v', 1000))] }], ("FORWARD_MAX_HEADER", "1000"));

        Assert.DoesNotContain("X-Aws-Sqsd-Attr-k", Assert.Single(server.Requests).Headers.Keys);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_METHOD", "PUT", 200, "PUT", "Delivered")]
    [InlineData("FORWARD_SUCCESS_ON", "204", 200, "POST", "Unavailable")]
    [InlineData("FORWARD_RETRY_ON", "400", 400, "POST", "Unavailable")]
    [InlineData("FORWARD_REJECT_ON", "503", 503, "POST", "Rejected")]
    public async Task A_setting_of_the_last_route_is_that_of_FORWARD_URL(string name, string value, int status, string method, string outcome)
    {
        answer = Replies.Status(status);

        var delivery = await Given.DeliverAsync(Compose((name, value)), Given.Message());

        Assert.Equal((method, outcome), (Assert.Single(server.Requests).Method, $"{delivery.Outcome}"));
    }

    private static (string, string) Dead => ("FORWARD_DLQ_URL", "https://sqs.us-east-1.amazonaws.com/123456789012/dead");

    private static string FailureOf(JsonElement copy) =>
        copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!;

    private Task<IEnumerable<string>> HandleAsync(IReadOnlyList<Message> messages, params (string, string)[] settings) =>
        HandleAsync(messages, dial: null, settings);

    private async Task<IEnumerable<string>> HandleAsync(
        IReadOnlyList<Message> messages, Func<CancellationToken, Task<Socket>>? dial, params (string, string)[] settings) =>
        (await Compose(dial, settings).HandleAsync(Given.Invocation(messages, time))).Select(message => message.Id);

    private Function Compose(params (string, string)[] settings) => Compose(dial: null, settings);

    /// <summary>Every name leads to the endpoint, which a guard does not keep from here.</summary>
    private Function Compose(Func<CancellationToken, Task<Socket>>? dial, (string Name, string Value)[] settings)
    {
        var all = settings.Any(each => each.Name == "AWS_ENDPOINT_URL_SQS") ? settings : [.. settings, ("AWS_ENDPOINT_URL_SQS", sqs.Url.ToString())];
        Dial toServer = (_, _, deadline) => dial is null ? ConnectAsync(deadline) : dial(deadline);
        var function = Function.Compose(
            Given.Settings(server.Url, all),
            new(new JsonLog(log, LogLevel.Info, time))
            {
                Time = time,
                Credentials = new("AKIDEXAMPLE", "secret", SessionToken: null),
                FunctionName = "the-function",
                Dial = guard =>
                {
                    return (host, port, deadline) =>
                    {
                        dialled.Add(guard);
                        return toServer(host, port, deadline);
                    };
                },
            });
        functions.Add(function);
        return function;
    }

    private async Task<Socket> ConnectAsync(CancellationToken deadline)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, server.Port, deadline);
        return socket;
    }

    private JsonElement Event(string name) => Encoding.UTF8.GetString(log.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
        .Last(line => line.GetProperty("message").GetString() == name);
}
