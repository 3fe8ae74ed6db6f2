using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The native binary explains an event, on a command line and by itself.</summary>
public sealed class ExplainTests : IDisposable
{
    private const string Arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-AbCdEf";

    /// <summary>What is told of both messages; SERVER/ and HOST are those of the stub.</summary>
    private const string Explained =
        """
        message m0 (1 of 2)
          route     orders
          endpoint  SERVER/orders/{body:/id}
          lane      its own
          key       m0

            POST /orders/a%20b HTTP/1.1
            Host: HOST
            Content-Type: application/json
            User-Agent: SqsAotLambda/0.1.0
            Idempotency-Key: m0
            traceparent: 00-********************************-****************-0*
            X-Amzn-Trace-Id: Root=1-********-************************;Parent=****************;Sampled=*
            X-Aws-Sqsd-Msgid: m0
            X-Aws-Sqsd-Queue: orders
            X-Aws-Sqsd-Receive-Count: 1
            X-Aws-Sqsd-Attr-type: order
            webhook-id: ***
            webhook-timestamp: ***
            webhook-signature: ***
            Authorization: ***
            Content-Length: 12

            {"id":"a b"}

        message m1 (2 of 2)
          route     default
          endpoint  SERVER/hook
          lane      its own
          key       m1

            POST /hook?key=*** HTTP/1.1
            Host: HOST
            Content-Type: application/json
            User-Agent: SqsAotLambda/0.1.0
            Idempotency-Key: m1
            traceparent: 00-********************************-****************-0*
            X-Amzn-Trace-Id: Root=1-********-************************;Parent=****************;Sampled=*
            X-Aws-Sqsd-Msgid: m1
            X-Aws-Sqsd-Queue: orders
            X-Aws-Sqsd-Receive-Count: 1
            X-Aws-Sqsd-Attr-type: other
            Authorization: ***
            Content-Length: 2

            ü
        """;

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task It_shows_a_signed_request_without_a_secret_and_without_a_connection(string host)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        await using var explain = Start(
            host,
            WithEvent(Function.TypedEvent(("order", """{"id":"a b"}"""), ("other", "ü"))),
            ("FORWARD_URL", $"{server.Url}hook?key=hunter2"),
            (
                "FORWARD_ROUTES",
                $$"""[{"name":"orders","when":{"attribute:type":"order"},"url":"{{server.Url}}orders/{body:/id}","auth":"api","sign":"hook"}]"""),
            ("FORWARD_AUTH", $$"""
                {"default":{"type":"bearer","token":"secretsmanager:{{Arn}}"},
                 "api":{"type":"oauth2","tokenUrl":"{{server.Url}}","clientId":"me","clientSecret":"env:MISSING"},
                 "hook":{"type":"standard-webhooks","secret":"secretsmanager:{{Arn}}"} }
                """),
            ("FORWARD_ALLOW_HTTP", "true"),
            ("FORWARD_ALLOW_LOOPBACK", "true"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", server.Url.ToString()),
            ("AWS_ENDPOINT_URL_SQS", server.Url.ToString()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"));

        Assert.Equal((0, ""), (await explain.ExitAsync(), explain.Errors));
        Assert.Equal(
            Explained.Replace("SERVER/", server.Url.ToString(), StringComparison.Ordinal)
                .Replace("HOST", $"localhost:{server.Port}", StringComparison.Ordinal),
            explain.Output);
        // Connections are accepted in the order in which they were opened.
        using var client = new HttpClient();
        await client.GetAsync(server.Url, TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.Single(server.Requests).Connection);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task It_fails_when_a_message_would_be_rejected(string host)
    {
        await using var explain = Start(host, "-", ("FORWARD_ROUTES", """[{"name":"orders","url":"https://orders.example.com/{body:/id}"}]"""));
        await explain.WriteAsync(Function.Event("""{"id":7}""", "{}"));

        Assert.Equal((1, ""), (await explain.ExitAsync(), explain.Errors));
        Assert.EndsWith("\n  outcome   Rejected: route orders: {body:/id} is missing in message m1", explain.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_cannot_be_explained_is_told_on_standard_error()
    {
        await AssertToldAsync(
            "missing.json can't be read: FileNotFoundException. It takes the path of a file with an SQS event, or - for standard input.",
            "missing.json");
        await AssertToldAsync("The event is not valid JSON at byte 0 of line 0.", WithEvent(""));
        await AssertToldAsync("The event is not an SQS event: it has no array named Records.", WithEvent("{}"));
        await AssertToldAsync(
            "FORWARD_TIMEOUT=5 is not allowed; it takes a whole number with its unit (ms, s, m or h) from 1ms to 15m.",
            WithEvent("{}"),
            ("FORWARD_TIMEOUT", "5"));
    }

    private static async Task AssertToldAsync(string sentence, string path, params (string Name, string Value)[] environment)
    {
        await using var explain = Start("Own", path, [("FORWARD_URL", "https://example.com/"), .. environment]);

        Assert.Equal((2, sentence, sentence), (await explain.ExitAsync(), explain.Errors, explain.Output));
    }

    private string WithEvent(string json)
    {
        var path = Path.Combine(folder, "event.json");
        File.WriteAllText(path, json);
        return path;
    }

    private static ChildProcess Start(string host, string path, params (string Name, string Value)[] environment) =>
        new(Repository.Bootstrap(host), ["explain", path], environment);
}
