using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>A message as a CloudEvent in binary mode, as an endpoint receives it.</summary>
public sealed class CloudEventTests
{
    private static readonly (string, string) On = ("FORWARD_HEADERS", "cloudevents");

    private static readonly Message Whole = Given.Message("059f36b4", """{"id":7}""") with
    {
        SentAt = new(2018, 12, 17, 21, 37, 29, 183, TimeSpan.Zero),
        FirstReceivedAt = new(2018, 12, 17, 21, 37, 29, 185, TimeSpan.Zero),
        GroupId = "customer 7",
        Attributes = [new("tenant", "String", "acme"), new("Priority", "Number", "5"), new("blob", "Binary", null, "MTEwMA==")],
    };

    [Fact(Timeout = 30_000)]
    public async Task A_message_is_one_event_with_these_headers_and_no_others()
    {
        var request = await ReceivedAsync(Whole, On);

        Assert.Equal(Whole.Body.ToArray(), request.Body);
        Assert.Equal(
            [
                "Content-Length: 8",
                "Content-Type: application/json",
                "Host: localhost",
                "Idempotency-Key: 059f36b4",
                "User-Agent: SqsAotLambda/0.1.0",
                "ce-id: 059f36b4",
                "ce-priority: 5",
                "ce-source: arn:aws:sqs:us-east-1:123456789012:orders",
                "ce-specversion: 1.0",
                "ce-subject: customer%207",
                "ce-tenant: acme",
                "ce-time: 2018-12-17T21:37:29.183Z",
                "ce-type: com.amazon.sqs.message",
            ],
            HeadersOf(request));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_without_group_and_time_is_an_event_without_subject_and_time()
    {
        var request = await ReceivedAsync(Given.Message(), On);

        Assert.Equal(
            ["ce-id: id", "ce-source: arn:aws:sqs:us-east-1:123456789012:orders", "ce-specversion: 1.0", "ce-type: com.amazon.sqs.message"],
            EventOf(request));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a\nb")]
    [InlineData("a\tb")]
    [InlineData("\u007f")]
    [InlineData("\u0085")]
    [InlineData("\ufdd0")]
    [InlineData("\uffff")]
    [InlineData("\U0001fffe")]
    public async Task An_attribute_that_no_event_may_have_is_left_out_and_counted(string value)
    {
        var message = Given.Message() with { Attributes = [new("tenant", "String", value), new("kind", "String", "é ☃ 😀")] };

        var request = await ReceivedAsync(message, On);
        var delivery = await Given.RequestAsync(Given.Settings(new("https://example.com/"), On), message);

        Assert.DoesNotContain(EventOf(request), header => header.StartsWith("ce-tenant", StringComparison.Ordinal));
        Assert.Contains("ce-kind: %C3%A9%20%E2%98%83%20%F0%9F%98%80", EventOf(request));
        Assert.Equal((1, "ce-tenant"), (delivery!.LeftOut!.Count, delivery.LeftOut.Names.Single()));
    }

    [Fact]
    public void A_Content_Type_that_makes_the_body_an_event_is_refused_in_settings()
    {
        const string Route = """[{"name":"a","url":"https://a.example.com/","headers":{"content-type":"Application/CloudEvents-batch+json"}}]""";
        var type = ("FORWARD_CONTENT_TYPE", "application/cloudevents+json; charset=utf-8");

        var faults = ParsedSettings.Faults(On, type, ("FORWARD_ROUTES", Route));

        const string Allowed = "is not allowed; it takes the media type of the event's data, since FORWARD_HEADERS sends the event in headers.";
        Assert.Equal(
            [$"FORWARD_CONTENT_TYPE=application/cloudevents+json; charset=utf-8 {Allowed}", $"Route a has a Content-Type that {Allowed}"], faults);
        Given.Settings(new("https://example.com/"), type, ("FORWARD_ROUTES", Route));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_can_t_make_its_body_an_event_through_a_route_s_header()
    {
        const string Route = """[{"name":"a","url":"https://a.example.com/","headers":{"Content-Type":"{attribute:type}"}}]""";

        var delivery = await Given.DeliveryAsync(
            Given.Message() with { Attributes = [new("type", "String", "application/cloudevents+json")] }, On, ("FORWARD_ROUTES", Route));

        Assert.Equal("route a: the Content-Type makes the body a CloudEvent of its own in message id", delivery.Reason);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("sqsd,cloudevents")]
    [InlineData("cloudevents, sqsd")]
    public async Task Both_dialects_tell_of_one_message(string dialects)
    {
        var request = await ReceivedAsync(Whole, ("FORWARD_HEADERS", dialects));

        Assert.Equal(("059f36b4", "059f36b4"), (request.Headers["ce-id"], request.Headers["X-Aws-Sqsd-Msgid"]));
        Assert.Equal(("acme", "acme"), (request.Headers["ce-tenant"], request.Headers["X-Aws-Sqsd-Attr-tenant"]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("sqsd")]
    [InlineData("none")]
    public async Task Without_the_dialect_there_is_no_event(string dialects) =>
        Assert.Empty(EventOf(await ReceivedAsync(Whole, ("FORWARD_HEADERS", dialects))));

    [Theory(Timeout = 30_000)]
    [InlineData("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    [InlineData("a \"b\"", "a%20%22b%22")]
    [InlineData("100%", "100%25")]
    [InlineData("%20", "%2520")]
    [InlineData("  a  ", "%20%20a%20%20")]
    [InlineData("é", "%C3%A9")]
    [InlineData("!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~")]
    public async Task A_value_can_hold_any_text(string value, string received)
    {
        var request = await ReceivedAsync(Whole with { Id = value, GroupId = value, Attributes = [new("x", "String", value)] }, On);

        Assert.Equal((received, received, received), (request.Headers["ce-id"], request.Headers["ce-subject"], request.Headers["ce-x"]));
        Assert.DoesNotContain("X-Injected", request.Headers.Keys);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("abcdefghijklmnopqrst", "ce-abcdefghijklmnopqrst")]
    [InlineData("0", "ce-0")]
    [InlineData("TraceParent", "ce-traceparent")]
    public async Task An_attribute_whose_name_fits_is_an_extension(string name, string header)
    {
        var request = await ReceivedAsync(Given.Message() with { Attributes = [new(name, "String.custom", "v")] }, On);

        Assert.Contains($"{header}: v", EventOf(request));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("abcdefghijklmnopqrstu")]
    [InlineData("tenant-id")]
    [InlineData("tenant_id")]
    [InlineData("tenant.id")]
    [InlineData("tenänt")]
    [InlineData("\u212A")] // In lower case a k.
    [InlineData("a\r\nb")]
    [InlineData("ForwardFailure")]
    [InlineData("id")]
    [InlineData("Source")]
    [InlineData("SPECVERSION")]
    [InlineData("type")]
    [InlineData("datacontenttype")]
    [InlineData("dataschema")]
    [InlineData("subject")]
    [InlineData("time")]
    [InlineData("data")]
    public async Task Any_other_attribute_is_none_and_rejects_nothing(string name)
    {
        var without = await ReceivedAsync(Given.Message(), On);

        var request = await ReceivedAsync(Given.Message() with { Attributes = [new(name, "String", "v")] }, On);

        Assert.Equal(EventOf(without), EventOf(request));
    }

    [Fact(Timeout = 30_000)]
    public async Task Of_two_attributes_that_differ_in_their_case_the_first_counts()
    {
        var request = await ReceivedAsync(
            Given.Message() with { Attributes = [new("Tenant", "String", "first"), new("tenant", "String", "second")] }, On);

        Assert.Equal("first", request.Headers["ce-tenant"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_was_redriven_is_the_same_event()
    {
        var request = await ReceivedAsync(Whole with { Attributes = [new("ForwardFailure", "String", """{"messageId":"first"}""")] }, On);

        Assert.Equal("first", request.Headers["ce-id"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("arn:aws:sqs:evil.test/x:123456789012:q")]
    public async Task An_unknown_queue_is_no_source(string arn)
    {
        var request = await ReceivedAsync(Whole with { Queue = new(arn) }, ("FORWARD_HEADERS", "sqsd,cloudevents"));

        Assert.DoesNotContain("ce-source", request.Headers.Keys);
        Assert.DoesNotContain("X-Aws-Sqsd-Queue", request.Headers.Keys);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_settings_change_the_type()
    {
        var request = await ReceivedAsync(Whole, On, ("FORWARD_CLOUDEVENTS_TYPE", "com.example.order.v2"));

        Assert.Equal("com.example.order.v2", request.Headers["ce-type"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_route_says_more_of_the_event_than_the_settings_and_the_message()
    {
        var request = await ReceivedAsync(
            Whole with { Attributes = [new("type", "String", "order placed"), new("tenant", "String", "acme")] },
            On,
            (
                "FORWARD_ROUTES",
                """[{"name":"a","url":"URLa","headers":"""
                    + """{"CE-Type":"com.example.{attribute:type}","ce-subject":"{body:/id}","ce-tenant":"other","ce-region":"eu"}}]"""));

        Assert.Equal(
            [
                "CE-Type: com.example.order%20placed",
                "ce-id: 059f36b4",
                "ce-region: eu",
                "ce-source: arn:aws:sqs:us-east-1:123456789012:orders",
                "ce-specversion: 1.0",
                "ce-subject: 7",
                "ce-tenant: other",
                "ce-time: 2018-12-17T21:37:29.183Z",
            ],
            EventOf(request));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_without_a_body_is_an_event_without_data()
    {
        var request = await ReceivedAsync(Whole, On, ("FORWARD_ROUTES", """[{"name":"a","url":"URLa","method":"DELETE"}]"""));

        Assert.Equal(("DELETE", "059f36b4"), (request.Method, request.Headers["ce-id"]));
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
    }

    private static IEnumerable<string> EventOf(StubRequest request) =>
        HeadersOf(request).Where(header => header.StartsWith("ce-", StringComparison.OrdinalIgnoreCase));

    /// <summary>Sorted; of Host without the port.</summary>
    private static IEnumerable<string> HeadersOf(StubRequest request) =>
        request.Headers.Select(header => $"{header.Key}: {(header.Key == "Host" ? header.Value.Split(':')[0] : header.Value)}")
            .Order(StringComparer.Ordinal);

    /// <param name="others">URL stands for that of the endpoint.</param>
    private static async Task<StubRequest> ReceivedAsync(Message message, params (string Name, string Value)[] others)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var settings = Given.Settings(
            server.Url, [.. others.Select(each => (each.Name, each.Value.Replace("URL", server.Url.ToString(), StringComparison.Ordinal)))]);
        using var function = Given.Function(settings, random: new Random(1));

        var delivery = await Given.DeliverAsync(function, message);

        Assert.True(delivery.IsDone);
        return Assert.Single(server.Requests);
    }
}
