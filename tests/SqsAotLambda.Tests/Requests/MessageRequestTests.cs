using SqsAotLambda.Aws;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Requests that messages describe, as an endpoint receives them.</summary>
public sealed class MessageRequestTests : IAsyncDisposable
{
    private const string Routes = """[{"name":"async","request":"message","url":"URLv1/","allowedHosts":["HOST"]}]""";

    private readonly StubServer server = new(_ => Replies.Status(200));

    private static Deadline End => Deadline.Never;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_message_says_all_of_its_request()
    {
        var request = await ReceivedAsync("""
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
        Assert.Equal(path, (await ReceivedAsync(body)).Path);

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
        var request = await ReceivedAsync($$"""{"path":"/a", "body" : {{json}} }""");

        Assert.Equal((body, "application/json"), (request.Text, request.Headers["Content-Type"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_of_1_MB_arrives_whole()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789abcdé\\n", 60_000));

        var request = await ReceivedAsync($$"""{"path":"/a","body":"{{text}}"}""");

        Assert.Equal(text.Replace("\\n", "\n", StringComparison.Ordinal), request.Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_body_there_is_no_content_and_no_type_of_it()
    {
        var post = await ReceivedAsync("""{"path":"/a"}""");
        var get = await ReceivedAsync("""{"path":"/a","method":"GET"}""");

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

        var silent = await ReceivedAsync("""{"path":"/a","body":"x"}""", RoutesWithMore);
        var own = await ReceivedAsync("""{"path":"/a","body":"x","method":"POST","headers":{"content-type":"text/csv"}}""", RoutesWithMore);

        Assert.Equal(
            ("PUT", "/t%2F1/a", "text/plain", "t/1"), (silent.Method, silent.Path, silent.Headers["Content-Type"], silent.Headers["X-Tenant"]));
        Assert.Equal(("POST", "/t%2F1/a", "text/csv", "t/1"), (own.Method, own.Path, own.Headers["Content-Type"], own.Headers["X-Tenant"]));
    }

    [Fact(Timeout = 30_000)]
    public async Task Idempotency_key_and_trace_are_those_of_any_message()
    {
        var message = Message(
            """{"path":"/a","body":{"id":"o-7"}}""") with
        { TraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1" };

        await Given.DeliveryAsync(message, ("FORWARD_ROUTES", Filled(Routes)), ("FORWARD_IDEMPOTENCY_SOURCE", "body:/body/id"));

        var request = Assert.Single(server.Requests);
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
            ("FORWARD_ROUTES", Filled(Routes.Replace("}", ",\"auth\":\"iam\",\"sign\":\"hub\"}", StringComparison.Ordinal))),
            ("FORWARD_AUTH", """
                {"iam":{"type":"sigv4","service":"lambda","region":"eu-west-1"},"hub":{"type":"hmac-sha256","header":"X-Hub","secret":"env:A"}}
                """),
            ("A", "key"));
        using var function = Function.Compose(settings, Given.Surroundings(time) with { Credentials = keys });
        var secrets = new Secrets([], (_, _) => throw new NotSupportedException(), time, new JsonLog(Stream.Null, LogLevel.Info, time));
        var signature = new HmacSha256(new("hub", "X-Hub", "", new EnvironmentSecret("env:A", "hub", SecretForm.Key, "key")), secrets);
        var credential = new SigV4Credential(new("iam", "lambda", "eu-west-1"), keys, time);

        await Given.DeliverAsync(function, Message("""{"method":"PUT","url":"URLa%20b?c=1","query":{"d":"é"},"body":[1, 2]}"""));

        var received = Assert.Single(server.Requests);
        var expected = new Request("PUT", new($"{server.Url}a%20b?c=1&d=%C3%A9"), "[1, 2]"u8.ToArray());
        await signature.SignAsync(expected, "id", End);
        await credential.AuthorizeAsync(expected, End);
        Assert.Equal("/a%20b?c=1&d=%C3%A9", received.Path);
        Assert.Equal((expected.Find("X-Hub"), expected.Find("Authorization")), (received.Headers["X-Hub"], received.Headers["Authorization"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("https://xn--bcher-kva.example/a", "https://xn--bcher-kva.example:443/a")]
    [InlineData("https://API.example.com", "https://api.example.com:443/")]
    [InlineData("https://api.example.com:443/", "https://api.example.com:443/")]
    [InlineData("https://port.example.com:8443?a", "https://port.example.com:8443/?a")]
    [InlineData("https://[2600:1F18::1]/", "https://[2600:1f18::1]:443/")]
    [InlineData("https://8.8.8.8/", "https://8.8.8.8:443/")]
    [InlineData("https://xn--bcher-kva.example:8443/a", null)]
    [InlineData("https://api.example.com:80/", null)]
    [InlineData("https://port.example.com/", null)]
    [InlineData("https://[2600:1f18:0::1]/", null)]
    [InlineData("https://[2600:1f18::1]:8443/", null)]
    [InlineData("http://api.example.com/", null)]
    public async Task A_listed_host_may_be_named_with_its_port_only(string url, string? taken)
    {
        var settings = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ALLOW_HTTP", "false"),
            (
                "FORWARD_ROUTES",
                """[{"name":"a","request":"message","allowedHosts":"""
                    + """["BÜCHER.example","Api.Example.com","port.example.com:8443","[2600:1F18::1]","8.8.8.8"]}]"""));

        var request = await Given.RequestAsync(settings, Given.Message(body: $$"""{"url":"{{url}}"}"""));

        Assert.Equal(
            taken,
            request is null
                ? null
                : $"{request.Url.Scheme}://{request.Url.Authority}{(request.Url.IsDefaultPort ? ":443" : "")}{request.Url.PathAndQuery}");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "the body is not JSON of at most 64 levels")]
    [InlineData("x", "the body is not JSON of at most 64 levels")]
    [InlineData("""{"path":"/a"}{"path":"/b"}""", "the body is not JSON of at most 64 levels")]
    [InlineData("""{"path":"/a"},""", "the body is not JSON of at most 64 levels")]
    [InlineData("""{"path":"/a",}""", "the body is not JSON of at most 64 levels")]
    [InlineData("""{"path":"/a","body":""", "the body is not JSON of at most 64 levels")]
    [InlineData("[]", "the body is not a JSON object")]
    [InlineData("\"https://example.com/\"", "the body is not a JSON object")]
    [InlineData("null", "the body is not a JSON object")]
    [InlineData("""{"url":"URLa","url":"URLb"}""", "the body has two members named url")]
    [InlineData("""{"url":"URLa","\u0075rl":"URLb"}""", "the body has two members named url")]
    [InlineData("""{"path":"/a","body":1,"body":1}""", "the body has two members named body")]
    [InlineData("""{"path":"/a","uri":"x"}""", "the body has a member uri, which is unknown; it takes method, url, path, headers, query, body")]
    [InlineData("""{"path":"/a","Url":"x"}""", "the body has a member Url, which is unknown; it takes method, url, path, headers, query, body")]
    [InlineData("""{"url":"URLa","path":"/a"}""", "the body has both a url and a path")]
    [InlineData("""{"url":null}""", "url is not a text")]
    [InlineData("""{"path":["/a"]}""", "path is not a text")]
    [InlineData("""{"path":"/a\ud800"}""", "the body holds a text that has no UTF-8 form")]
    [InlineData("""{"path":"/a","body":"\udc00"}""", "the body holds a text that has no UTF-8 form")]
    [InlineData("""{"path":"/a","method":"get"}""", "method is none of POST, PUT, PATCH, GET, DELETE")]
    [InlineData("""{"path":"/a","method":"CONNECT"}""", "method is none of POST, PUT, PATCH, GET, DELETE")]
    [InlineData("""{"path":"/a","method":null}""", "method is none of POST, PUT, PATCH, GET, DELETE")]
    [InlineData("""{"path":"/a","method":"GET","body":null}""", "there is a body, which GET does not send")]
    [InlineData("""{"path":"/a","method":"DELETE","body":"x"}""", "there is a body, which DELETE does not send")]
    [InlineData("""{"path":"/a","headers":[]}""", "headers is not an object of texts")]
    [InlineData("""{"path":"/a","headers":{"X-A":1}}""", "headers is not an object of texts")]
    [InlineData("""{"path":"/a","headers":{"X-A":["1"]}}""", "headers is not an object of texts")]
    [InlineData("""{"path":"/a","headers":{"X-A":"1","x-a":"2"}}""", "headers has two named x-a")]
    [InlineData("""{"path":"/a","query":"a=b"}""", "query is not an object of texts and arrays of texts")]
    [InlineData("""{"path":"/a","query":{"a":1}}""", "query is not an object of texts and arrays of texts")]
    [InlineData("""{"path":"/a","query":{"a":["1",2]}}""", "query is not an object of texts and arrays of texts")]
    [InlineData("""{"path":"/a","query":{"a":[["1"]]}}""", "query is not an object of texts and arrays of texts")]
    [InlineData("""{"path":"/a","query":{"a":"1","a":"2"}}""", "query has two members named a")]
    public async Task What_is_no_clear_description_is_refused(string body, string fault) => await AssertRefusedAsync(body, fault);

    [Fact(Timeout = 30_000)]
    public async Task Nor_is_anything_taken_that_is_too_much()
    {
        await AssertRefusedAsync($$"""{"path":"/{{new string('a', 8000)}}"}""", "the URL is longer than 8000 characters");
        await AssertRefusedAsync($$"""{"path":"/a","query":{"a":"{{new string('☃', 900)}}"} }""", "the URL is longer than 8000 characters");
        await AssertRefusedAsync(
            $$"""{"path":"/a","query":{"a":["{{string.Join("\",\"", Enumerable.Repeat("b", 3000))}}"]} }""",
            "the URL is longer than 8000 characters");
        await AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"If-A":"{{new string('a', 7997)}}"} }""",
            "the header If-A is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"If-A":"{{new string('a', 1_000_000)}}"} }""",
            "the header If-A is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"{{new string('a', 1_000_000)}}":"b"} }""",
            $"the header {new string('a', 100)}… is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await AssertRefusedAsync($$"""{"path":"/{{new string('a', 1_000_000)}}"}""", "the URL is longer than 8000 characters");
        await AssertRefusedAsync($$"""{"path":"/a","query":{"{{new string('a', 1_000_000)}}":"b"} }""", "the URL is longer than 8000 characters");
        await AssertRefusedAsync(
            $$"""{"path":"/a","query":{ {{string.Join(',', Enumerable.Range(0, 8001).Select(index => $"\"{index}\":[]"))}} } }""",
            "the URL is longer than 8000 characters");
        await AssertRefusedAsync(
            $$"""{"path":"/a","headers":{ {{string.Join(',', Enumerable.Range(0, 101).Select(index => $"\"X-{index}\":\"\""))}} } }""",
            "headers has more than 100");
        await AssertRefusedAsync(
            $$"""{"path":"/a","body":{{new string('[', 64)}}{{new string(']', 64)}}}""", "the body is not JSON of at most 64 levels");
        await AssertRefusedAsync(
            $$"""{"{{new string('a', 101)}}":1}""",
            $"the body has a member {new string('a', 100)}…, which is unknown; it takes method, url, path, headers, query, body");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Accept")]
    [InlineData("accept-language")]
    [InlineData("Content-Type")]
    [InlineData("If-Match")]
    [InlineData("If-Unmodified-Since")]
    [InlineData("Prefer")]
    [InlineData("X-Request-Id")]
    [InlineData("X-Correlation-ID")]
    public async Task Some_headers_a_message_may_set_on_every_route(string name) =>
        Assert.Equal("a/b", (await ReceivedAsync($$$"""{"path":"/a","body":"x","headers":{"{{{name}}}":"a/b"}}""")).Headers[name]);

    [Theory(Timeout = 30_000)]
    [InlineData("X-Foo")]
    [InlineData("Accept-Encoding")]
    [InlineData("Iffy")]
    [InlineData("X-Request-Id-2")]
    [InlineData("Date")]
    public async Task All_others_its_route_has_to_allow(string name)
    {
        var message = $$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""";

        await AssertRefusedAsync(message, $"the header {name} is not one that a message may set; the route's allowedHeaders can allow it");
        var exactly = await ReceivedAsync(
            message, $$"""[{"name":"async","request":"message","url":"URL","allowedHeaders":["{{name.ToUpperInvariant()}}"]}]""");
        var byStart = await ReceivedAsync(
            message, $$"""[{"name":"async","request":"message","url":"URL","allowedHeaders":["X-Tenant-*","{{name[..^1].ToLowerInvariant()}}*"]}]""");

        Assert.All([exactly, byStart], request => Assert.Equal("1", request.Headers[name]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""[{"name":"async","request":"message","url":"URL"}]""", """{"url":"URLa"}""", "there is a url, and the route has no allowedHosts")]
    [InlineData(
        """[{"name":"async","request":"message","allowedHosts":["HOST"]}]""", """{"path":"/a"}""", "there is a path, and the route has no url")]
    [InlineData("""[{"name":"async","request":"message","allowedHosts":["HOST"]}]""", """{}""", "the body has no url")]
    [InlineData("""[{"name":"async","request":"message","url":"URL{attribute:missing}"}]""", """{"path":"/a"}""", "{attribute:missing} is missing")]
    public async Task What_the_route_does_not_provide_for_is_refused(string routes, string body, string fault) =>
        await AssertRefusedAsync(body, fault, routes);

    [Theory]
    [InlineData(
        """{"name":"a","request":"message","url":"https://api.example.com/v1","allowedHosts":["hooks.example.com","b.example.com:8443"]}""",
        "https://api.example.com/v1, hooks.example.com, b.example.com:8443")]
    [InlineData("""{"name":"a","request":"message","url":"https://api.example.com/v1"}""", "https://api.example.com/v1")]
    [InlineData("""{"name":"a","request":"message","allowedHosts":["hooks.example.com"]}""", "hooks.example.com")]
    public void The_endpoint_that_a_failure_tells_is_all_that_a_message_may_mean(string route, string shown) =>
        Assert.Equal(shown, Given.Endpoint(Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", $"[{route}]")).Routes[0]).Url);

    [Fact(Timeout = 30_000)]
    public async Task A_refused_message_is_a_dead_letter_with_the_reason()
    {
        string? reason = null;
        Bury bury = (_, delivery, _) =>
        {
            reason = delivery.Reason;
            return Task.FromResult(true);
        };
        using var function = Given.Function(
            Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", Filled(Routes))), new() { Bury = bury });

        var delivery = await Given.DeliverAsync(function, Message("""{"path":"a"}"""));

        Assert.Equal((true, "route async: path does not begin with one slash in message id"), (delivery.IsDone, reason));
    }

    private string Filled(string text) => text
        .Replace("URL", server.Url.ToString(), StringComparison.Ordinal)
        .Replace("HOST", server.Url.Authority, StringComparison.Ordinal);

    private Message Message(string body)
    {
        body = body.Replace("\"URL", $"\"{server.Url}", StringComparison.Ordinal)
            .Replace("\"UPPER", $"\"HTTP://LOCALHOST:{server.Port}", StringComparison.Ordinal);
        return Given.Message(body: body) with { Attributes = [new("tenant", "String", "t/1")] };
    }

    private Task<Delivery> DeliverAsync(string body, string routes) => Given.DeliveryAsync(Message(body), ("FORWARD_ROUTES", Filled(routes)));

    private async Task<StubRequest> ReceivedAsync(string body, string routes = Routes)
    {
        var delivery = await DeliverAsync(body, routes);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return server.Requests[^1];
    }

    private async Task AssertRefusedAsync(string body, string fault, string routes = Routes)
    {
        var delivery = await DeliverAsync(body, routes);

        Assert.Equal((Outcome.Rejected, $"route async: {fault} in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }
}
