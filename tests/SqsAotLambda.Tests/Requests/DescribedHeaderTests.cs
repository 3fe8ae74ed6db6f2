using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Headers that messages describe: none that others write or believe, and none that ends its line.</summary>
public sealed class DescribedHeaderTests : IAsyncDisposable
{
    private readonly HostileMessages requests = new();

    public ValueTask DisposeAsync() => requests.DisposeAsync();

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
        await requests.AssertRefusedAsync(
            $$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""", $"the header {name} is not one that a message may set");

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
                $$"""[{"name":"a","request":"message","url":"{{requests.Server.Url}}","allowedHeaders":["X-*","I*"],"headers":"""
                    + """{"X_Tenant":"t","X.Trace_Id":"t"},"auth":"key"}]"""),
            ("FORWARD_IDEMPOTENCY_HEADER", "Idempotency_Key"),
            ("FORWARD_AUTH", """{"key":{"type":"header","name":"X_Api_Key","value":"env:KEY"}}"""),
            ("KEY", "k"));

        Assert.Equal(
            (Outcome.Rejected, $"route a: the header {name} is not one that a message may set in message id"), (delivery.Outcome, delivery.Reason));
        Assert.Equal(0, requests.Server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("application/cloudevents+json")]
    [InlineData("Application/CloudEvents-batch+json; charset=utf-8")]
    public async Task An_event_in_the_body_does_not_take_the_place_of_the_message_s_own(string type)
    {
        var message = Given.Message(
            body: $$$"""{"path":"/a","headers":{"content-type":"{{{type}}}"},"body":{"specversion":"1.0","id":"1","source":"evil","type":"t"}}""");
        var routes = ("FORWARD_ROUTES", $$"""[{"name":"a","request":"message","url":"{{requests.Server.Url}}"}]""");

        var other = await Given.DeliveryAsync(message, routes, ("FORWARD_HEADERS", "cloudevents"));
        var only = await Given.DeliveryAsync(message, routes);

        Assert.Equal(
            (Outcome.Rejected, "route a: the Content-Type makes the body a CloudEvent of its own in message id"), (other.Outcome, other.Reason));
        Assert.Equal((Outcome.Delivered, type), (only.Outcome, Assert.Single(requests.Server.Requests).Headers["Content-Type"]));
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
        await requests.AssertRefusedAsync($$$"""{"path":"/a","headers":{"{{{name}}}":"1"}}""", fault);

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
        await requests.AssertRefusedAsync($$$"""{"path":"/a","headers":{"X-A":"{{{value}}}"}}""", "the header X-A is not printable ASCII");
}
