using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Requests.DescribedRequests;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Messages that describe a request which may not be made.</summary>
public sealed class RefusedDescriptionTests : IAsyncDisposable
{
    private readonly DescribedRequests requests = new();

    public ValueTask DisposeAsync() => requests.DisposeAsync();

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
    public async Task What_is_no_clear_description_is_refused(string body, string fault) => await requests.AssertRefusedAsync(body, fault);

    [Fact(Timeout = 30_000)]
    public async Task Nor_is_anything_taken_that_is_too_much()
    {
        await requests.AssertRefusedAsync($$"""{"path":"/{{new string('a', 8000)}}"}""", "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync($$"""{"path":"/a","query":{"a":"{{new string('☃', 900)}}"} }""", "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","query":{"a":["{{string.Join("\",\"", Enumerable.Repeat("b", 3000))}}"]} }""",
            "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"If-A":"{{new string('a', 7997)}}"} }""",
            "the header If-A is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"If-A":"{{new string('a', 1_000_000)}}"} }""",
            "the header If-A is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","headers":{"{{new string('a', 1_000_000)}}":"b"} }""",
            $"the header {new string('a', 100)}… is longer than 8000 bytes with its name, which FORWARD_MAX_HEADER can change");
        await requests.AssertRefusedAsync($$"""{"path":"/{{new string('a', 1_000_000)}}"}""", "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","query":{"{{new string('a', 1_000_000)}}":"b"} }""", "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","query":{ {{string.Join(',', Enumerable.Range(0, 8001).Select(index => $"\"{index}\":[]"))}} } }""",
            "the URL is longer than 8000 characters");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","headers":{ {{string.Join(',', Enumerable.Range(0, 101).Select(index => $"\"X-{index}\":\"\""))}} } }""",
            "headers has more than 100");
        await requests.AssertRefusedAsync(
            $$"""{"path":"/a","body":{{new string('[', 64)}}{{new string(']', 64)}}}""", "the body is not JSON of at most 64 levels");
        await requests.AssertRefusedAsync(
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
        Assert.Equal("a/b", (await requests.ReceivedAsync($$$"""{"path":"/a","body":"x","headers":{"{{{name}}}":"a/b"}}""")).Headers[name]);

    [Theory(Timeout = 30_000)]
    [InlineData("X-Foo")]
    [InlineData("Accept-Encoding")]
    [InlineData("Iffy")]
    [InlineData("X-Request-Id-2")]
    [InlineData("Date")]
    public async Task All_others_its_route_has_to_allow(string name)
    {
        var message = $$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""";

        await requests.AssertRefusedAsync(message, $"the header {name} is not one that a message may set; the route's allowedHeaders can allow it");
        var exactly = await requests.ReceivedAsync(
            message, $$"""[{"name":"async","request":"message","url":"URL","allowedHeaders":["{{name.ToUpperInvariant()}}"]}]""");
        var byStart = await requests.ReceivedAsync(
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
        await requests.AssertRefusedAsync(body, fault, routes);

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
            Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", requests.Filled(Routes))), new() { Bury = bury });

        var delivery = await Given.DeliverAsync(function, requests.Message("""{"path":"a"}"""));

        Assert.Equal((true, "route async: path does not begin with one slash in message id"), (delivery.IsDone, reason));
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
}
