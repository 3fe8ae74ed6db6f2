using System.Text;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>What goes over the wire, as an endpoint receives it.</summary>
public sealed class RequestTests
{
    private static readonly Message Whole = Given.Message("059f36b4", """{"order":{"id":7,"key":"k/1","paid":true,"lines":["x","y"]}}""") with
    {
        ReceiveCount = 3,
        FirstReceivedAt = new(2018, 12, 17, 21, 37, 29, 185, TimeSpan.Zero),
        GroupId = "group",
        DeduplicationId = "dedup",
        TraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1|68fd508a:5",
        Attributes = [new("tenant", "String", "é 100%"), new("weight", "String", "42"), new("blank", "String", "  ")],
    };

    [Fact(Timeout = 30_000)]
    public async Task A_message_is_one_POST_with_these_headers_and_no_others()
    {
        var request = await ReceivedAsync(Whole);

        Assert.Equal("POST", request.Method);
        Assert.Equal("/hook?key=secret", request.Path);
        Assert.Equal(Whole.Body.ToArray(), request.Body);
        Assert.Equal(
            [
                "Content-Length: 60",
                "Content-Type: application/json",
                "Host: localhost",
                "Idempotency-Key: 059f36b4",
                "User-Agent: SqsAotLambda/0.1.0",
                "X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
                "X-Aws-Sqsd-Attr-blank: ",
                "X-Aws-Sqsd-Attr-tenant: %C3%A9 100%25",
                "X-Aws-Sqsd-Attr-weight: 42",
                "X-Aws-Sqsd-First-Received-At: 2018-12-17T21:37:29Z",
                "X-Aws-Sqsd-Msgid: 059f36b4",
                "X-Aws-Sqsd-Queue: orders",
                "X-Aws-Sqsd-Receive-Count: 3",
                "traceparent: 00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            ],
            HeadersOf(request));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_of_which_little_is_known_has_fewer_headers()
    {
        var request = await ReceivedAsync(new Message { Id = "a", Position = 0, Queue = new("") });

        Assert.Equal(
            [
                "Content-Length: 0",
                "Content-Type: application/json",
                "Host: localhost",
                "Idempotency-Key: a",
                "User-Agent: SqsAotLambda/0.1.0",
                "X-Aws-Sqsd-Msgid: a",
            ],
            HeadersOf(request));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_settings_change_method_content_type_user_agent_and_headers()
    {
        var request = await ReceivedAsync(
            Whole with { TraceHeader = null },
            ("FORWARD_METHOD", "PUT"),
            ("FORWARD_CONTENT_TYPE", "text/plain; charset=utf-8"),
            ("FORWARD_USER_AGENT", "aws-sqsd/1.1"),
            ("FORWARD_HEADERS", "none"),
            ("FORWARD_IDEMPOTENCY_HEADER", "X-Once"));

        Assert.Equal("PUT", request.Method);
        Assert.Equal(
            ["Content-Length: 60", "Content-Type: text/plain; charset=utf-8", "Host: localhost", "User-Agent: aws-sqsd/1.1", "X-Once: 059f36b4"],
            HeadersOf(request));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("messageId", "059f36b4")]
    [InlineData("deduplicationId", "dedup")]
    [InlineData("attribute:weight", "42")]
    [InlineData("attribute:tenant", "%C3%A9 100%25")]
    [InlineData("attribute:missing", "059f36b4")]
    [InlineData("attribute:blank", "059f36b4")]
    [InlineData("body:/order/key", "k/1")]
    [InlineData("body:/order/id", "7")]
    [InlineData("body:/order/missing", "059f36b4")]
    [InlineData("body:/order", "059f36b4")]
    public async Task The_idempotency_key_comes_from_its_source_or_else_is_the_message_id(string source, string key)
    {
        var request = await ReceivedAsync(Whole, ("FORWARD_IDEMPOTENCY_SOURCE", source));

        Assert.Equal(key, request.Headers["Idempotency-Key"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a\r\nX-Injected: 1", "a%0D%0AX-Injected: 1")]
    [InlineData("  outer spaces  ", "outer spaces")]
    [InlineData("tab\tand ☃", "tab%09and %E2%98%83")]
    [InlineData("100%", "100%25")]
    [InlineData("", "")]
    public async Task A_header_value_can_hold_any_text(string value, string received)
    {
        var request = await ReceivedAsync(Given.Message() with { Attributes = [new("x", "String", value)] });

        Assert.Equal(received, request.Headers["X-Aws-Sqsd-Attr-x"]);
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_of_1_MiB_with_every_byte_of_UTF_8_arrives_as_it_is()
    {
        var text = string.Concat(Enumerable.Range(0, 0x3000).Select(unit => (char)unit));
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, 50)))[..(1024 * 1024)];

        var request = await ReceivedAsync(Given.Message() with { Body = body });

        Assert.Equal(body, request.Body);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1")]
    [InlineData(
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=0")]
    [InlineData(
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-later",
        "Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=b7ad6b7169203331;Sampled=1")]
    public async Task A_traceparent_attribute_goes_before_the_X_Ray_header(string traceparent, string xray)
    {
        var request = await ReceivedAsync(
            Whole with { Attributes = [new("traceparent", "String", traceparent), new("tracestate", "String", "vendor=1")] });

        Assert.Equal(traceparent, request.Headers["traceparent"]);
        Assert.Equal("vendor=1", request.Headers["tracestate"]);
        Assert.Equal(xray, request.Headers["X-Amzn-Trace-Id"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331")]
    [InlineData("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")]
    [InlineData("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task An_invalid_traceparent_attribute_gives_way_to_the_X_Ray_header(string traceparent)
    {
        var request = await ReceivedAsync(
            Whole with { Attributes = [new("traceparent", "String", traceparent), new("tracestate", "String", "vendor=1")] });

        Assert.Equal("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01", request.Headers["traceparent"]);
        Assert.DoesNotContain("tracestate", request.Headers.Keys);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793", "00", "Root=1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?", "00", "Root=1-5759e988-bd862e3fe1be46a994272793")]
    [InlineData(
        "Self=1-x;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=0000000000000000;Sampled=1",
        "01",
        "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")]
    public async Task An_X_Ray_header_without_a_parent_gets_a_span_id_that_is_not_zero(string header, string flags, string xray)
    {
        var request = await ReceivedAsync(Whole with { TraceHeader = header });

        Assert.Matches($"^00-5759e988bd862e3fe1be46a994272793-(?!0{{16}})[0-9a-f]{{16}}-{flags}$", request.Headers["traceparent"]);
        Assert.Equal(xray, request.Headers["X-Amzn-Trace-Id"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null)]
    [InlineData("nonsense")]
    public async Task Without_a_readable_trace_of_its_own_a_message_has_that_of_the_invocation(string? header)
    {
        var request = await ReceivedAsync(
            Whole with
            {
                TraceHeader = header,
                InvocationTraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
            });

        Assert.Equal("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00", request.Headers["traceparent"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("Root=2-5759e988-bd862e3fe1be46a994272793;Sampled=1")]
    [InlineData("Root=1-5759e988-bd862e3f;Sampled=1")]
    [InlineData("Root=1-00000000-000000000000000000000000;Sampled=1")]
    [InlineData("Root=1-5759e988-bd862e3fe1be46a994272793\r\nX-Injected: 1;Sampled=1")]
    public async Task Without_a_readable_trace_there_are_no_trace_headers(string? header)
    {
        var request = await ReceivedAsync(Whole with { TraceHeader = header });

        Assert.DoesNotContain("traceparent", request.Headers.Keys);
        Assert.DoesNotContain("X-Amzn-Trace-Id", request.Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_reason_of_an_earlier_dead_letter_is_no_header()
    {
        var request = await ReceivedAsync(
            Whole with { Attributes = [new("ForwardFailure", "String", """{"messageId":"first"}"""), new("tenant", "String", "t")] });

        Assert.DoesNotContain("X-Aws-Sqsd-Attr-ForwardFailure", request.Headers.Keys);
        Assert.Equal(("t", "first"), (request.Headers["X-Aws-Sqsd-Attr-tenant"], request.Headers["Idempotency-Key"]));
    }

    /// <summary>Sorted; of Host without the port.</summary>
    private static IEnumerable<string> HeadersOf(StubRequest request) =>
        request.Headers.Select(header => $"{header.Key}: {(header.Key == "Host" ? header.Value.Split(':')[0] : header.Value)}")
            .Order(StringComparer.Ordinal);

    private static async Task<StubRequest> ReceivedAsync(Message message, params (string, string)[] others)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        using var function = Given.Function(Given.Settings(new(server.Url, "hook?key=secret"), others), random: new Random(1));

        var delivery = await Given.DeliverAsync(function, message);

        Assert.True(delivery.IsDone);
        return Assert.Single(server.Requests);
    }
}
