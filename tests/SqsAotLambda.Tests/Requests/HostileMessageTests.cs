using System.Globalization;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Messages made to reach what they should not: each is refused, or made harmless.</summary>
public sealed class HostileMessageTests : IAsyncDisposable
{
    private const string Routes = """
        [{"name":"a","url":"URLv1/{attribute:x}/orders?q={attribute:x}&n={body:/n}","headers":{"X-Value":"<{attribute:x}>"},
          "body":{"x":"{attribute:x}","n":"{body:/n}"}}]
        """;

    private const string DescribedRoutes = """
        [{"name":"a","request":"message","url":"http://localhost:PORT/v1","allowedHosts":["localhost:PORT"],
          "allowedHeaders":["X*","A*","C*","E*","F*","H*","I*","K*","P*","R*","T*","U*","V*","W*"],
          "headers":{"X-Tenant":"t"},"auth":"key","sign":"hook"}]
        """;

    private const string NotListed = "is at a host, or a port of it, that is not in allowedHosts";
    private const string NotEncoded = "holds a character that has to be percent-encoded";
    private const string NotAbsolute = "is not an absolute http or https URL without user name, password or fragment";
    private const string Climbs = "has a step . or .., or a control character, in its path";
    private const string NoOctet = "holds a % that does not begin an octet of UTF-8";
    private const string Limit = "8000 bytes with its name, which FORWARD_MAX_HEADER can change";
    private const string NoSlash = "does not begin with one slash";

    private readonly StubServer server = new(_ => Replies.Status(200));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("@evil.example.com", "%40evil.example.com", "<@evil.example.com>")]
    [InlineData("//evil.example.com", "%2F%2Fevil.example.com", "<//evil.example.com>")]
    [InlineData("https://evil.example.com/", "https%3A%2F%2Fevil.example.com%2F", "<https://evil.example.com/>")]
    [InlineData("x?admin=1&q=2#f", "x%3Fadmin%3D1%26q%3D2%23f", "<x?admin=1&q=2#f>")]
    [InlineData("...", "...", "<...>")]
    [InlineData("a..;", "a..%3B", "<a..;>")]
    [InlineData(".a/..b", ".a%2F..b", "<.a/..b>")]
    [InlineData("%2e%2ea%2f%", "%252e%252ea%252f%25", "<%252e%252ea%252f%25>")]
    [InlineData("a\u2028", "a%E2%80%A8", "<a%E2%80%A8>")]
    [InlineData("a+b c", "a%2Bb%20c", "<a+b c>")]
    [InlineData("é☃😀", "%C3%A9%E2%98%83%F0%9F%98%80", "<%C3%A9%E2%98%83%F0%9F%98%80>")]
    [InlineData("{body:/n}", "%7Bbody%3A%2Fn%7D", "<{body:/n}>")]
    [InlineData("\"},\"admin\":{\"", "%22%7D%2C%22admin%22%3A%7B%22", "<\"},\"admin\":{\">")]
    public async Task A_value_stays_where_it_was_put(string value, string inUrl, string inHeader)
    {
        var request = await ReceivedAsync(value, "7");

        Assert.Equal($"/v1/{inUrl}/orders?q={inUrl}&n=7", request.Path);
        Assert.Equal(inHeader, request.Headers["X-Value"]);
        Assert.Equal(value, JsonDocument.Parse(request.Body).RootElement.GetProperty("x").GetString());
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    /// <summary>There it is one text, whatever is in it.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("a\r\nX-Injected: 1", "a%0D%0AX-Injected%3A%201", "<a%0D%0AX-Injected: 1>")]
    [InlineData("a\nb", "a%0Ab", "<a%0Ab>")]
    [InlineData("a\0b\u007f\u0085\u2028", "a%00b%7F%C2%85%E2%80%A8", "<a%00b%7F%C2%85%E2%80%A8>")]
    [InlineData(
        "a HTTP/1.1\r\nHost: evil\r\n\r\nGET /admin",
        "a%20HTTP%2F1.1%0D%0AHost%3A%20evil%0D%0A%0D%0AGET%20%2Fadmin",
        "<a HTTP/1.1%0D%0AHost: evil%0D%0A%0D%0AGET /admin>")]
    [InlineData("%2e%2e%2fadmin", "%252e%252e%252fadmin", "<%252e%252e%252fadmin>")]
    [InlineData("../admin", "..%2Fadmin", "<../admin>")]
    [InlineData("..;", "..%3B", "<..;>")]
    public async Task A_query_and_a_header_take_what_a_path_does_not(string value, string inQuery, string inHeader)
    {
        var delivery = await DeliverAsync(
            value, "7", """[{"name":"a","url":"URLv1/orders?q={attribute:x}&n={body:/n}","headers":{"X-Value":"<{attribute:x}>"}}]""");

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        var request = Assert.Single(server.Requests);
        Assert.Equal(($"/v1/orders?q={inQuery}&n=7", inHeader), (request.Path, request.Headers["X-Value"]));
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("..\\admin")]
    [InlineData("a/.")]
    [InlineData("..;")]
    [InlineData(".;a")]
    [InlineData("..;a=b/admin")]
    [InlineData("a/..;/admin")]
    [InlineData("..%3b/admin")]
    [InlineData("..?admin")]
    [InlineData("..#admin")]
    [InlineData("%2e%2e%2fadmin")]
    [InlineData("%2E%2e/admin")]
    [InlineData(".%2e")]
    [InlineData("..%5cadmin")]
    [InlineData("%252e%252e%252fadmin")]
    [InlineData("%25252e%25252e%25252fadmin")]
    [InlineData("a%25252f..%25252fb")]
    public async Task A_value_that_climbs_in_the_path_is_refused(string value)
    {
        var delivery = await DeliverAsync(value, "7");

        Assert.Equal((Outcome.Rejected, "route a: a value climbs in the path of the URL in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a\r\nX-Injected: 1")]
    [InlineData("\n")]
    [InlineData("\t")]
    [InlineData("a\0")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085b")]
    [InlineData("%c2%9b")]
    [InlineData("%0d%0aX-Injected:%201")]
    [InlineData("%250a")]
    [InlineData("%25250A")]
    [InlineData("%7f")]
    public async Task A_value_with_a_control_character_is_refused_in_the_path(string value)
    {
        var delivery = await DeliverAsync(value, "7");

        Assert.Equal(
            (Outcome.Rejected, "route a: a value has a control character in the path of the URL in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{attribute:x}{attribute:x}", ".")]
    [InlineData(".{attribute:x}", ".")]
    [InlineData("{attribute:x}.", ".")]
    [InlineData("..{attribute:x}", "/admin")]
    [InlineData("x{attribute:x}..", "/")]
    [InlineData("x{attribute:x}..{attribute:x}", "/")]
    [InlineData("x{attribute:x}..{attribute:x}", "\\")]
    public async Task Nor_may_values_climb_together(string path, string value)
    {
        var delivery = await DeliverAsync(value, "7", $$"""[{"name":"a","url":"URLv1/{{path}}/admin"}]""");

        Assert.Equal(Outcome.Rejected, delivery.Outcome);
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_value_makes_no_empty_step_of_the_path()
    {
        var delivery = await DeliverAsync("x", "\"\"", """[{"name":"a","url":"URLv1/{body:/n}/orders"}]""");

        Assert.Equal((Outcome.Rejected, "route a: {body:/n} is empty in message id"), (delivery.Outcome, delivery.Reason));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1e999999999")]
    [InlineData("-0")]
    [InlineData("123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("0.1000000000000000000000000000000000000000000000000000000000001E-400")]
    public async Task A_huge_number_arrives_as_it_was_written(string number)
    {
        var request = await ReceivedAsync("x", number);

        Assert.EndsWith($"&n={Uri.EscapeDataString(number)}", request.Path, StringComparison.Ordinal);
        Assert.Equal($$"""{"x":"x","n":{{number}}}""", request.Text);
    }

    [Theory(Timeout = 30_000)]
    [InlineData('[', 100_000)]
    [InlineData('{', 100_000)]
    public async Task JSON_that_is_too_deep_has_no_values(char open, int times)
    {
        var delivery = await DeliverAsync("x", new string(open, times));

        Assert.Equal((Outcome.Rejected, "route a: {body:/n} is missing in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_value_too_long_for_a_URL_or_a_header_is_refused()
    {
        var inUrl = await DeliverAsync(new string('x', 8001), "7");
        var inHeader = await DeliverAsync(new string('x', 8001), "7", """[{"name":"a","url":"URLv1","headers":{"X-Value":"{attribute:x}"}}]""");

        // Nine characters each, once they are encoded.
        var encoded = await DeliverAsync(new string('☃', 1000), "7");
        var encodedInHeader = await DeliverAsync(
            new string('☃', 1000), "7", """[{"name":"a","url":"URLv1","headers":{"X-Value":"{attribute:x}"}}]""");
        var together = await DeliverAsync(new string('x', 5000), "7", """[{"name":"a","url":"URLv1?a={attribute:x}&b={attribute:x}"}]""");
        var behind = await DeliverAsync(new string('x', 7950), "7", $$"""[{"name":"a","url":"URLv1?a={attribute:x}{{new string('y', 100)}}"}]""");

        Assert.Equal("route a: {attribute:x} makes the URL longer than 8000 characters in message id", encoded.Reason);
        Assert.Equal($"route a: {{attribute:x}} makes the header X-Value longer than {Limit} in message id", encodedInHeader.Reason);
        Assert.Equal("route a: {attribute:x} makes the URL longer than 8000 characters in message id", together.Reason);
        Assert.Equal("route a: the URL is longer than 8000 characters in message id", behind.Reason);
        Assert.Equal("route a: {attribute:x} makes the URL longer than 8000 characters in message id", inUrl.Reason);
        Assert.Equal($"route a: {{attribute:x}} makes the header X-Value longer than {Limit} in message id", inHeader.Reason);
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_first_of_two_members_of_one_name_counts()
    {
        var request = await ReceivedAsync("x", """7,"n":8""");

        Assert.EndsWith("&n=7", request.Path, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_is_not_followed_wherever_it_leads()
    {
        await using var other = new StubServer(_ => Replies.Status(200));
        await using var redirecting = new StubServer(
            _ => Replies.Status(307, "", $"Location: {other.Url}", "Location: http://169.254.169.254/latest/meta-data/"));

        var delivery = await Given.DeliveryAsync(Given.Message(), ("FORWARD_URL", redirecting.Url.ToString()));

        Assert.Equal((Outcome.EndpointFault, 307), (delivery.Outcome, delivery.Status));
        Assert.Empty(other.Requests);
    }

    /// <summary>Any attribute, any body: the request is one request, its path and headers are where the route put them.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Random_values_never_leave_their_place()
    {
        await Property.HoldsAsync(AnyText.Of("./\\%?#&=@:;\r\n\t\0 \"'{}<>", 1, 11), runs: 300, async value =>
        {
            var delivery = await DeliverAsync(value, "7");
            if (delivery.Outcome is Outcome.Rejected) return;

            Assert.Equal(Outcome.Delivered, delivery.Outcome);
            var request = server.Requests[^1];
            var escaped = Uri.EscapeDataString(value);
            Assert.Equal($"/v1/{escaped}/orders?q={escaped}&n=7", request.Path);
            Assert.Equal(value.Trim(' '), Uri.UnescapeDataString(request.Headers["X-Value"])[1..^1].Trim(' '));
        }, Shown.Text);

        Assert.InRange(server.Requests.Count, 150, int.MaxValue);
    }

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
        await AssertRefusedAsync($$"""{"url":"{{url}}"}""", $"url {fault}");

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
        await AssertRefusedAsync($$"""{"path":"{{path}}"}""", $"path {fault}");

    [Theory(Timeout = 30_000)]
    [InlineData("Host")]
    [InlineData("host")]
    [InlineData("Content-Length")]
    [InlineData("Content-Encoding")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Proxy-Connection")]
    [InlineData("Proxy-Authorization")]
    [InlineData("proxy-anything")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Expect")]
    [InlineData("Authorization")]
    [InlineData("cookie")]
    [InlineData("User-Agent")]
    [InlineData("Idempotency-Key")]
    [InlineData("X-Aws-Sqsd-Msgid")]
    [InlineData("CE-Subject")]
    [InlineData("x-aws-sqsd-anything")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("X-Amzn-Trace-Id")]
    [InlineData("X-Tenant")]
    [InlineData("webhook-id")]
    [InlineData("Webhook-Timestamp")]
    [InlineData("webhook-signature")]
    [InlineData("X-Api-Key")]
    [InlineData("X_Tenant")]
    [InlineData("Content_Length")]
    [InlineData("X!A")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("x-client-ip")]
    [InlineData("True-Client-IP")]
    [InlineData("X-Host")]
    [InlineData("X-Original-Host")]
    [InlineData("Forwarded")]
    [InlineData("X-Original-URL")]
    [InlineData("x-rewrite-url")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("X-Method-Override")]
    [InlineData("X-Amzn-Oidc-Data")]
    [InlineData("Remote-User")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("X-Envoy-Original-Path")]
    [InlineData("Proxy")]
    [InlineData("Via")]
    [InlineData("Cookie2")]
    [InlineData("Fastly-Client-IP")]
    [InlineData("Client-Cert")]
    [InlineData("X-SSL-Client-Verify")]
    [InlineData("X-Client-Cert")]
    [InlineData("X-Auth-Request-User")]
    [InlineData("X-Pomerium-Jwt-Assertion")]
    [InlineData("X-Amz-Security-Token")]
    [InlineData("Disguised-Host")]
    [InlineData("X-Remote-Group")]
    [InlineData("X-Goog-IAP-JWT-Assertion")]
    [InlineData("X-WEBAUTH-USER")]
    public async Task A_header_that_is_not_a_message_s_to_set_is_refused(string name) =>
        await AssertRefusedAsync($$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""", $"the header {name} is not one that a message may set");

    [Theory(Timeout = 30_000)]
    [InlineData("X-Tenant")]
    [InlineData("x-trace-id")]
    [InlineData("X-Api-Key")]
    [InlineData("Idempotency-Key")]
    public async Task Nor_is_one_that_some_servers_take_for_the_function_s_own(string name)
    {
        var message = Given.Message(body: $$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""");

        var delivery = await Given.DeliveryAsync(
            message,
            (
                "FORWARD_ROUTES",
                $$"""[{"name":"a","request":"message","url":"{{server.Url}}","allowedHeaders":["X-*","I*"],"headers":"""
                    + """{"X_Tenant":"t","X.Trace_Id":"t"},"auth":"key"}]"""),
            ("FORWARD_IDEMPOTENCY_HEADER", "Idempotency_Key"),
            ("FORWARD_AUTH", """{"key":{"type":"header","name":"X_Api_Key","value":"env:KEY"}}"""),
            ("KEY", "k"));

        Assert.Equal(
            (Outcome.Rejected, $"route a: the header {name} is not one that a message may set in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("application/cloudevents+json")]
    [InlineData("Application/CloudEvents-batch+json; charset=utf-8")]
    public async Task An_event_in_the_body_does_not_take_the_place_of_the_message_s_own(string type)
    {
        var message = Given.Message(
            body: $$$"""{"path":"/a","headers":{"content-type":"{{{type}}}"},"body":{"specversion":"1.0","id":"1","source":"evil","type":"t"}}""");
        var routes = ("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"{{server.Url}}"}]""");

        var other = await Given.DeliveryAsync(message, routes, ("FORWARD_HEADERS", "cloudevents"));
        var only = await Given.DeliveryAsync(message, routes);

        Assert.Equal(
            (Outcome.Rejected, "route a: the Content-Type makes the body a CloudEvent of its own in message id"), (other.Outcome, other.Reason));
        Assert.Equal((Outcome.Delivered, type), (only.Outcome, Assert.Single(server.Requests).Headers["Content-Type"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", " is not a name of a header")]
    [InlineData("X A", "X A is not a name of a header")]
    [InlineData("X-A:", "X-A: is not a name of a header")]
    [InlineData(" Host", " Host is not a name of a header")]
    [InlineData("Host ", "Host  is not a name of a header")]
    [InlineData("X-A\\r\\nX-Injected", "X-A\r\nX-Injected is not a name of a header")]
    [InlineData("X-É", "X-É is not a name of a header")]
    public async Task What_is_no_name_of_a_header_is_refused(string name, string fault) =>
        await AssertRefusedAsync($$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""", fault);

    [Theory(Timeout = 30_000)]
    [InlineData("1\\r\\nX-Injected: 1")]
    [InlineData("1\\nX-Injected: 1")]
    [InlineData("1\\rX-Injected: 1")]
    [InlineData("1\\r\\n X-Folded: 1")]
    [InlineData("1\\r\\n\\tX-Folded: 1")]
    [InlineData("1\\r\\n\\r\\nGET /admin HTTP/1.1")]
    [InlineData("1\\u0000")]
    [InlineData("1\\t2")]
    [InlineData("1\\u007f")]
    [InlineData("é")]
    [InlineData("1\\u0085")]
    [InlineData("1\\u2028")]
    public async Task A_value_of_a_header_that_is_not_printable_ASCII_is_refused(string value) =>
        await AssertRefusedAsync($$$"""{"path":"/a","headers":{"X-A":"{{{value}}}"}}""", "the header X-A is not printable ASCII");

    [Fact(Timeout = 30_000)]
    public async Task A_query_of_a_message_is_nothing_but_a_query()
    {
        var delivery = await DescribedAsync("""{"path":"/a","query":{"b&c=d#":"e\r\nX-Injected: 1","f":["?/../g","%00 +"]}}""");

        Assert.Equal(Outcome.Delivered, delivery.Outcome);
        var request = Assert.Single(server.Requests);
        Assert.Equal("/v1/a?b%26c%3Dd%23=e%0D%0AX-Injected%3A%201&f=%3F%2F..%2Fg&f=%2500%20%2B", request.Path);
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task Plain_http_is_for_messages_only_where_it_is_for_settings()
    {
        var delivery = await DescribedAsync(
            """{"url":"http://localhost:PORT/"}""", """[{"name":"a","request":"message","allowedHosts":["localhost:PORT"]}]""", allowHttp: "false");

        Assert.Equal(
            (Outcome.Rejected, "route a: url is not an absolute https URL without user name, password or fragment in message id"),
            (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }

    private async Task<StubRequest> ReceivedAsync(string value, string number)
    {
        var delivery = await DeliverAsync(value, number);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return Assert.Single(server.Requests);
    }

    private async Task AssertRefusedAsync(string body, string fault)
    {
        var delivery = await DescribedAsync(body);

        Assert.Equal((Outcome.Rejected, $"route a: {fault} in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, server.Connections);
    }

    private Task<Delivery> DescribedAsync(string body, string routes = DescribedRoutes, string allowHttp = "true")
    {
        var port = server.Port.ToString(CultureInfo.InvariantCulture);
        return Given.DeliveryAsync(
            Given.Message(body: body.Replace("PORT", port, StringComparison.Ordinal)),
            ("FORWARD_ROUTES", routes.Replace("PORT", port, StringComparison.Ordinal)),
            ("FORWARD_ALLOW_HTTP", allowHttp),
            (
                "FORWARD_AUTH",
                """{"key":{"type":"header","name":"X-Api-Key","value":"env:KEY"},"hook":{"type":"standard-webhooks","secret":"env:KEY"}}"""),
            ("KEY", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    }

    private Task<Delivery> DeliverAsync(string value, string number, string routes = Routes)
    {
        var message = Given.Message(body: $$"""{"n":{{number}}}""") with { Attributes = [new("x", "String", value)] };
        return Given.DeliveryAsync(message, ("FORWARD_ROUTES", routes.Replace("URL", server.Url.ToString(), StringComparison.Ordinal)));
    }
}
