using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>URLs, paths and queries that messages describe: none leaves the hosts and the path of its route.</summary>
public sealed class DescribedUrlTests : IAsyncDisposable
{
    private const string NotListed = "is at a host, or a port of it, that is not in allowedHosts";
    private const string NotEncoded = "holds a character that has to be percent-encoded";
    private const string NotAbsolute = "is not an absolute http or https URL without user name, password or fragment";
    private const string Climbs = "has a step . or .., or a control character, in its path";
    private const string NoOctet = "holds a % that does not begin an octet of UTF-8";
    private const string NoSlash = "does not begin with one slash";

    private readonly HostileMessages requests = new();

    public ValueTask DisposeAsync() => requests.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("http://localhost:1/", NotListed)]
    [InlineData("http://localhost/", NotListed)]
    [InlineData("http://localhost.:PORT/", NotListed)]
    [InlineData("http://.localhost:PORT/", NotListed)]
    [InlineData("http://evil.localhost:PORT/", NotListed)]
    [InlineData("http://localhost.evil.example:PORT/", NotListed)]
    [InlineData("http://evil.example/", NotListed)]
    [InlineData("http://loca1host:PORT/", NotListed)]
    [InlineData("http://xn--lcalhost-54a:PORT/", NotListed)]
    [InlineData("http://l%6fcalhost:PORT/", NotListed)]
    [InlineData("http://localhost%2e:PORT/", NotListed)]
    [InlineData("http://localhost%00.evil.example:PORT/", NotListed)]
    [InlineData("http://127.0.0.1:PORT/", NotListed)]
    [InlineData("http://127.1:PORT/", NotListed)]
    [InlineData("http://0177.0.0.1:PORT/", NotListed)]
    [InlineData("http://0x7f.0.0.1:PORT/", NotListed)]
    [InlineData("http://2130706433:PORT/", NotListed)]
    [InlineData("http://0:PORT/", NotListed)]
    [InlineData("http://169.254.169.254/latest/meta-data/", NotListed)]
    [InlineData("http://10.0.0.1/", NotListed)]
    [InlineData("http://[::1]:PORT/", NotListed)]
    [InlineData("http://[::1%25lo]:PORT/", NotListed)]
    [InlineData("http://[fe80::1%251]:PORT/", NotListed)]
    [InlineData("http://[::ffff:127.0.0.1]:PORT/", NotListed)]
    [InlineData("http://[::ffff:a9fe:a9fe]/", NotListed)]
    [InlineData("http://[localhost]:PORT/", NotListed)]
    [InlineData("http://localhost:0PORT/", NotListed)]
    [InlineData("http://localhost:+PORT/", NotListed)]
    [InlineData("http://localhost:PORT:PORT/", NotListed)]
    [InlineData("http://localhost:PORT:80/", NotListed)]
    [InlineData("http://localhost:/", NotListed)]
    [InlineData("http://localhost:99999/", NotListed)]
    [InlineData("http://localhost:PORT,evil.example/", NotListed)]
    [InlineData("http:///localhost:PORT/", NotListed)]
    [InlineData("http://", NotListed)]
    [InlineData("http://localhost:PORT/é", NotEncoded)]
    [InlineData("http://ｌocalhost:PORT/", NotEncoded)]
    [InlineData("http://lоcalhost:PORT/", NotEncoded)]
    [InlineData("http://localhost。:PORT/", NotEncoded)]
    [InlineData("http://localhost\\u00ad:PORT/", NotEncoded)]
    [InlineData("http://localhost:PORT/#part", NotEncoded)]
    [InlineData("http://localhost:PORT#.evil.example/", NotEncoded)]
    [InlineData("http://localhost:PORT\\\\.evil.example/", NotEncoded)]
    [InlineData("http:\\\\localhost:PORT/", NotAbsolute)]
    [InlineData("http://localhost:PORT/a\\\\b", NotEncoded)]
    [InlineData("http://localhost:PORT/ HTTP/1.1\\r\\nX-Injected: 1", NotEncoded)]
    [InlineData("http://localhost:PORT/a\\tb", NotEncoded)]
    [InlineData("http://localhost:PORT/\\u0000", NotEncoded)]
    [InlineData("http://localhost:PORT/a\\u007f", NotEncoded)]
    [InlineData("http://localhost:PORT/?a=<b>", NotEncoded)]
    [InlineData("http://localhost:PORT ", NotEncoded)]
    [InlineData(" http://localhost:PORT/", NotAbsolute)]
    [InlineData("http://me@localhost:PORT/", NotAbsolute)]
    [InlineData("http://me:s3cret@localhost:PORT/", NotAbsolute)]
    [InlineData("http://@localhost:PORT/", NotAbsolute)]
    [InlineData("http://localhost:PORT@evil.example/", NotAbsolute)]
    [InlineData("http://evil.example@localhost:PORT/", NotAbsolute)]
    [InlineData("http://localhost:PORT\\\\@evil.example/", NotAbsolute)]
    [InlineData("http:localhost:PORT/", NotAbsolute)]
    [InlineData("http:/localhost:PORT/", NotAbsolute)]
    [InlineData("//localhost:PORT/", NotAbsolute)]
    [InlineData("localhost:PORT/", NotAbsolute)]
    [InlineData("/v1", NotAbsolute)]
    [InlineData("", NotAbsolute)]
    [InlineData("ftp://localhost:PORT/", NotAbsolute)]
    [InlineData("file:///etc/passwd", NotAbsolute)]
    [InlineData("gopher://localhost:PORT/_", NotAbsolute)]
    [InlineData("http://localhost:PORT/a/../b", Climbs)]
    [InlineData("http://localhost:PORT/%2e%2E/b", Climbs)]
    [InlineData("http://localhost:PORT/a%2f..%2fb", Climbs)]
    [InlineData("http://localhost:PORT/%252e%252E/b", Climbs)]
    [InlineData("http://localhost:PORT/%", NoOctet)]
    [InlineData("http://localhost:PORT/%c0%ae%c0%ae/", NoOctet)]
    public async Task A_URL_of_a_message_that_is_not_exactly_one_of_a_listed_host_is_refused(string url, string fault) =>
        await requests.AssertRefusedAsync($$"""{"url":"{{url}}"}""", $"url {fault}");

    [Theory(Timeout = 30_000)]
    [InlineData("", NoSlash)]
    [InlineData("admin", NoSlash)]
    [InlineData("http://localhost:PORT/", NoSlash)]
    [InlineData("https://evil.example/", NoSlash)]
    [InlineData("//evil.example/", NoSlash)]
    [InlineData("///evil.example/", NoSlash)]
    [InlineData("\\\\evil.example/", NoSlash)]
    [InlineData(".evil.example/", NoSlash)]
    [InlineData("@evil.example/", NoSlash)]
    [InlineData(":1/", NoSlash)]
    [InlineData("?a=b", NoSlash)]
    [InlineData("..", NoSlash)]
    [InlineData("/\\\\evil.example/", NotEncoded)]
    [InlineData("/a#b", NotEncoded)]
    [InlineData("/a b", NotEncoded)]
    [InlineData("/é", NotEncoded)]
    [InlineData("/a\\r\\nX-Injected: 1", NotEncoded)]
    [InlineData("/a?b\\nc", NotEncoded)]
    [InlineData("/{attribute:x}", NotEncoded)]
    [InlineData("/..", Climbs)]
    [InlineData("/.", Climbs)]
    [InlineData("/../admin", Climbs)]
    [InlineData("/a/../../admin", Climbs)]
    [InlineData("/a/..?b", Climbs)]
    [InlineData("/%2e%2e/admin", Climbs)]
    [InlineData("/%2E./admin", Climbs)]
    [InlineData("/.%2e", Climbs)]
    [InlineData("/a%2f..%2fadmin", Climbs)]
    [InlineData("/..%2Fadmin", Climbs)]
    [InlineData("/..%5cadmin", Climbs)]
    [InlineData("/a%5C..", Climbs)]
    [InlineData("/..;/admin", Climbs)]
    [InlineData("/..;a=b/admin", Climbs)]
    [InlineData("/..%3b/admin", Climbs)]
    [InlineData("/..%3fadmin", Climbs)]
    [InlineData("/..%23admin", Climbs)]
    [InlineData("/%252e%252e/admin", Climbs)]
    [InlineData("/..%252fadmin", Climbs)]
    [InlineData("/%25252E./admin", Climbs)]
    [InlineData("/%252e%252e/admin/%25zz", Climbs)]
    [InlineData("/a%250d%250aX-Injected:%201", Climbs)]
    [InlineData("/a%00", Climbs)]
    [InlineData("/a%0d%0aX-Injected:%201", Climbs)]
    [InlineData("/.%09./admin", Climbs)]
    [InlineData("/%7f", Climbs)]
    [InlineData("/%", NoOctet)]
    [InlineData("/%2", NoOctet)]
    [InlineData("/%zz", NoOctet)]
    [InlineData("/%u002e", NoOctet)]
    [InlineData("/%+1", NoOctet)]
    [InlineData("/%c0%ae%c0%ae/admin", NoOctet)]
    [InlineData("/%e0%80%ae/admin", NoOctet)]
    [InlineData("/a?b=%e9", NoOctet)]
    public async Task A_path_of_a_message_stays_under_that_of_the_route_or_is_refused(string path, string fault) =>
        await requests.AssertRefusedAsync($$"""{"path":"{{path}}"}""", $"path {fault}");

    [Fact(Timeout = 30_000)]
    public async Task A_query_of_a_message_is_nothing_but_a_query()
    {
        var delivery = await requests.DeliverAsync("""{"path":"/a","query":{"b&c=d#":"e\r\nX-Injected: 1","f":["?/../g","%00 +"]}}""");

        Assert.Equal(Outcome.Delivered, delivery.Outcome);
        var request = Assert.Single(requests.Server.Requests);
        Assert.Equal("/v1/a?b%26c%3Dd%23=e%0D%0AX-Injected%3A%201&f=%3F%2F..%2Fg&f=%2500%20%2B", request.Path);
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task Plain_http_is_for_messages_only_where_it_is_for_settings()
    {
        var delivery = await requests.DeliverAsync(
            """{"url":"http://localhost:PORT/"}""", """[{"name":"a","request":"message","allowedHosts":["localhost:PORT"]}]""", allowHttp: "false");

        Assert.Equal(
            (Outcome.Rejected, "route a: url is not an absolute https URL without user name, password or fragment in message id"),
            (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, requests.Server.Connections);
    }

    /// <summary>A listed host without a port is that of the URL's scheme.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("http://a.example.com/x", "http://a.example.com/x")]
    [InlineData("http://a.example.com:80/x", "http://a.example.com/x")]
    [InlineData("https://a.example.com/x", "https://a.example.com/x")]
    [InlineData("https://a.example.com", "https://a.example.com/")]
    [InlineData("https://a.example.com?x", "https://a.example.com/?x")]
    [InlineData("https://a.example.com:80/x", null)]
    [InlineData("http://a.example.com:443/x", null)]
    [InlineData("http://b.example.com:80/x", "http://b.example.com/x")]
    [InlineData("https://b.example.com/x", null)]
    public async Task A_URL_goes_to_the_port_that_it_names_or_its_scheme_has(string url, string? goesTo)
    {
        Uri? sentTo = null;
        using var function = Given.Function(
            Given.Settings(
                new("https://example.com/"),
                ("FORWARD_ROUTES", """[{"name":"a","request":"message","allowedHosts":["a.example.com","b.example.com:80"]}]""")),
            new()
            {
                Ask = (request, _, _, _) =>
                {
                    sentTo = request.Url;
                    return ValueTask.FromResult(new Answer(200));
                },
            });

        await Given.DeliverAsync(function, Given.Message(body: $$"""{"url":"{{url}}"}"""));

        Assert.Equal(goesTo, sentTo?.ToString());
    }
}
