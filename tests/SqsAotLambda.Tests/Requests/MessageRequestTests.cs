using SqsAotLambda.Aws;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Requests.DescribedRequests;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Requests that messages describe, as an endpoint receives them.</summary>
public sealed class MessageRequestTests : IAsyncDisposable
{
    private static Deadline End => Deadline.Never;

    private readonly DescribedRequests requests = new();

    public ValueTask DisposeAsync() => requests.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_message_says_all_of_its_request()
    {
        var request = await requests.ReceivedAsync("""
            {"method":"PATCH","url":"URLorders/7?a=1","query":{"b c":"d&e","f":["1","2"],"g":[]},
             "headers":{"If-Match":"\"a%20b\"","Accept":" text/plain "},"body":{"paid" : true}}
            """);

        Assert.Equal(("PATCH", "/orders/7?a=1&b%20c=d%26e&f=1&f=2", """{"paid" : true}"""), (request.Method, request.Path, request.Text));
        Assert.Equal(
            ("\"a%20b\"", "text/plain", "application/json", "id", "id"),
            (
                request.Headers["If-Match"],
                request.Headers["Accept"],
                request.Headers["Content-Type"],
                request.Headers["Idempotency-Key"],
                request.Headers["X-Aws-Sqsd-Msgid"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{}""", "/v1/")]
    [InlineData("""{"path":"/"}""", "/v1/")]
    [InlineData("""{"path":"/orders/a%2Fb/"}""", "/v1/orders/a%2Fb/")]
    [InlineData("""{"path":"/a//b;c=d/...?q=/../x&r=%2e%2e","query":{"é":"☃"}}""", "/v1/a//b;c=d/...?q=/../x&r=%2e%2e&%C3%A9=%E2%98%83")]
    [InlineData("""{"path":"/a","query":{"":""}}""", "/v1/a?=")]
    [InlineData("""{"path":"/%C3%A9","query":{}}""", "/v1/%C3%A9")]
    [InlineData("""{"\u0075rl":"URLa"}""", "/a")]
    [InlineData("""{"url":"UPPER"}""", "/")]
    [InlineData("""{"url":"UPPER?a"}""", "/?a")]
    public async Task It_goes_to_its_url_or_to_its_path_behind_that_of_the_route(string body, string path) =>
        Assert.Equal(path, (await requests.ReceivedAsync(body)).Path);

    [Theory(Timeout = 30_000)]
    [InlineData("\"a text\"", "a text")]
    [InlineData("\"\"", "")]
    [InlineData(""" "l\u00ednea\n\"\ud83d\ude00\"" """, "línea\n\"😀\"")]
    [InlineData("""{ "b":1,"b" : 2.50e1, "ü":"\u00fc" }""", """{ "b":1,"b" : 2.50e1, "ü":"\u00fc" }""")]
    [InlineData("[1,\n 2]", "[1,\n 2]")]
    [InlineData("-0.10", "-0.10")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    public async Task A_text_is_sent_as_it_reads_and_other_JSON_as_it_is_written(string json, string body)
    {
        var request = await requests.ReceivedAsync($$"""{"path":"/a", "body" : {{json}} }""");

        Assert.Equal((body, "application/json"), (request.Text, request.Headers["Content-Type"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_of_1_MB_arrives_whole()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdé\\n", 60_000));

        var request = await requests.ReceivedAsync($$"""{"path":"/a","body":"{{text}}"}""");

        Assert.Equal(text.Replace("\\n", "\n", StringComparison.Ordinal), request.Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_body_there_is_no_content_and_no_type_of_it()
    {
        var post = await requests.ReceivedAsync("""{"path":"/a"}""");
        var get = await requests.ReceivedAsync("""{"path":"/a","method":"GET"}""");

        Assert.Equal(("POST", "0"), (post.Method, post.Headers["Content-Length"]));
        Assert.Equal("GET", get.Method);
        Assert.DoesNotContain("Content-Length", get.Headers.Keys);
        Assert.All([post, get], request => Assert.DoesNotContain("Content-Type", request.Headers.Keys));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_message_does_not_say_is_as_the_route_says()
    {
        const string RoutesWithMore = """
            [{"name":"async","request":"message","url":"URL{attribute:tenant}","method":"PUT",
              "headers":{"Content-Type":"text/plain","X-Tenant":"{attribute:tenant}"}}]
            """;

        var silent = await requests.ReceivedAsync("""{"path":"/a","body":"x"}""", RoutesWithMore);
        var own = await requests.ReceivedAsync("""{"path":"/a","body":"x","method":"POST","headers":{"content-type":"text/csv"}}""", RoutesWithMore);

        Assert.Equal(
            ("PUT", "/t%2F1/a", "text/plain", "t/1"), (silent.Method, silent.Path, silent.Headers["Content-Type"], silent.Headers["X-Tenant"]));
        Assert.Equal(("POST", "/t%2F1/a", "text/csv", "t/1"), (own.Method, own.Path, own.Headers["Content-Type"], own.Headers["X-Tenant"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Idempotency_key_and_trace_are_those_of_any_message()
    {
        var message = requests.Message(
            """{"path":"/a","body":{"id":"o-7"}}""") with
        { TraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1" };

        await Given.DeliveryAsync(message, ("FORWARD_ROUTES", requests.Filled(Routes)), ("FORWARD_IDEMPOTENCY_SOURCE", "body:/body/id"));

        var request = Assert.Single(requests.Received);
        Assert.Equal(
            ("o-7", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"), (request.Headers["Idempotency-Key"], request.Headers["traceparent"]));
    }

    /// <summary>As of a request that was made without a message.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Signature_and_credential_are_of_the_request_that_is_sent()
    {
        var time = Given.Clock();
        var keys = new AwsCredentials("AKIDEXAMPLE", "secret", "TOKEN");
        var settings = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", requests.Filled(Routes.Replace("}", ",\"auth\":\"iam\",\"sign\":\"hub\"}", StringComparison.Ordinal))),
            ("FORWARD_AUTH", """
                {"iam":{"type":"sigv4","service":"lambda","region":"eu-west-1"},"hub":{"type":"hmac-sha256","header":"X-Hub","secret":"env:A"}}
                """),
            ("A", "key"));
        using var function = Function.Compose(settings, Given.Surroundings(time) with { Credentials = keys });
        var secrets = new Secrets([], (_, _) => throw new NotSupportedException(), TestLoop.Here, new JsonLog(Stream.Null, LogLevel.Info, time));
        var signature = new HmacSha256(new("hub", "X-Hub", "", new EnvironmentSecret("env:A", "hub", SecretForm.Key, "key")), secrets);
        var credential = new SigV4Credential(new("iam", "lambda", "eu-west-1"), keys, time);

        await Given.DeliverAsync(function, requests.Message("""{"method":"PUT","url":"URLa%20b?c=1","query":{"d":"é"},"body":[1, 2]}"""));

        var received = Assert.Single(requests.Received);
        var expected = new Request("PUT", new($"{requests.Url}a%20b?c=1&d=%C3%A9"), "[1, 2]"u8.ToArray());
        await signature.SignAsync(expected, "id", End);
        await credential.AuthorizeAsync(expected, End);
        Assert.Equal("/a%20b?c=1&d=%C3%A9", received.Path);
        Assert.Equal((expected.Find("X-Hub"), expected.Find("Authorization")), (received.Headers["X-Hub"], received.Headers["Authorization"]));
    }

    [Theory]
    [InlineData(
        """{"name":"a","request":"message","url":"https://api.example.com/v1","allowedHosts":["hooks.example.com","b.example.com:8443"]}""",
        "https://api.example.com/v1, hooks.example.com, b.example.com:8443")]
    [InlineData("""{"name":"a","request":"message","url":"https://api.example.com/v1"}""", "https://api.example.com/v1")]
    [InlineData("""{"name":"a","request":"message","allowedHosts":["hooks.example.com"]}""", "hooks.example.com")]
    public void The_endpoint_that_a_failure_tells_is_all_that_a_message_may_mean(string route, string shown) =>
        Assert.Equal(shown, Given.Endpoint(Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", $"[{route}]")).Routes[0]).Url);
}
