using System.Text;
using CsCheck;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>What the endpoint of a route receives, and what becomes of messages that can't be sent to one.</summary>
public sealed class RoutingTests : IAsyncDisposable
{
    private static readonly Message Order = Given.Message(
        "059f36b4", """{"id": 7,"price":1.50, "note":"a\"b\\u00e9 é","tags":[ 1,2 ],"none":null,"big":123456789012345678901234567890.10}""") with
    {
        GroupId = "g 1",
        ReceiveCount = 3,
        Attributes = [new("type", "String", "order"), new("tenant", "String", "é/ü?&#"), new("dots", "String", "..")],
    };

    private readonly StubServer server = new(_ => Replies.Status(200));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task The_first_route_that_takes_a_message_has_it()
    {
        const string Routes = """
            [{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"},
             {"name":"b","when":{"attribute:type":"order"},"url":"URLb"},
             {"name":"c","url":"URLc"}]
            """;

        Assert.Equal("/b", (await ReceivedAsync(Routes, Order)).Path);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_no_route_takes_goes_to_the_URL_of_the_settings() =>
        Assert.Equal("/last", (await ReceivedAsync("""[{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"}]""", Order)).Path);

    [Fact(Timeout = 30_000)]
    public async Task What_nothing_takes_is_rejected()
    {
        var delivery = await DeliverAsync("""[{"name":"a","when":{"attribute:type":"refund"},"url":"URLa"}]""", Order, url: "");

        Assert.Equal((Outcome.Rejected, "no route takes the message"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_dropped_message_is_done_without_a_request()
    {
        var delivery = await DeliverAsync("""[{"name":"noise","when":{"attribute:type":"order"},"drop":true}]""", Order);

        Assert.Equal((Outcome.Dropped, true), (delivery.Outcome, delivery.IsDone));
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_pointer_of_the_extended_client_is_rejected_and_not_sent()
    {
        var pointer = Given.Message(body: """["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}]""") with
        {
            Attributes = [new("ExtendedPayloadSize", "Number", "300000")],
        };

        var delivery = await DeliverAsync("""[{"name":"a","drop":true}]""", pointer);

        Assert.Equal((Outcome.Rejected, "the body is a pointer of the SQS Extended Client Library to S3"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("/{attribute:tenant}/x", "/%C3%A9%2F%C3%BC%3F%26%23/x")]
    [InlineData("/x?t={attribute:tenant}&id={body:/id}", "/x?t=%C3%A9%2F%C3%BC%3F%26%23&id=7")]
    [InlineData("?t={groupId}", "/?t=g%201")]
    [InlineData("/{messageId}/{groupId}/{queue}/{receiveCount}", "/059f36b4/g%201/orders/3")]
    [InlineData("/{body:/price}/{body:/big}", "/1.50/123456789012345678901234567890.10")]
    [InlineData("/x?a={groupId}&b={attribute:dots}", "/x?a=g%201&b=..")]
    [InlineData("/a%20b/{{messageId}}", "/a%20b/%7BmessageId%7D")]
    [InlineData("/keep%2e%2E/{messageId}", "/keep%2e%2E/059f36b4")]
    public async Task Values_are_written_into_the_URL_by_their_place(string path, string expected) =>
        Assert.Equal(expected, (await ReceivedAsync($$"""[{"name":"a","url":"URL{{path.TrimStart('/')}}"}]""", Order)).Path);

    /// <summary>As .NET writes them in a URL without expressions.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("a b/{{c}}|d^e`f<g>h\\\"i[j]")]
    [InlineData("é/ü☃😀")]
    [InlineData("100%/%4/%zz/%41%c3%a9")]
    [InlineData("a\\\\b")]
    [InlineData("~-_.!$&'()*+,;=:@")]
    public async Task What_the_settings_write_into_a_URL_is_sent_alike_with_and_without_expressions(string literal)
    {
        var with = await ReceivedAsync($$"""[{"name":"a","url":"URL{{literal}}/{messageId}?q={{literal}}&id={messageId}"}]""", Order);
        var without = await ReceivedAsync($$"""[{"name":"a","url":"URL{{literal}}/059f36b4?q={{literal}}&id=059f36b4"}]""", Order);

        Assert.Equal(
            without.Path.Replace("A%c3%a9", "%41%c3%a9", StringComparison.Ordinal).Replace("A%C3%A9", "%41%c3%a9", StringComparison.Ordinal),
            with.Path);
    }

    [Theory]
    [InlineData("https://a.example.com/{{b}}/{attribute:a}", "https://a.example.com/%7Bb%7D/{attribute:a}", false)]
    [InlineData("https://a.example.com/a b/é/{attribute:a}", "https://a.example.com/a%20b/%C3%A9/{attribute:a}", false)]
    [InlineData("https://a.example.com/{{b}}?k={{c}}&a={attribute:a}", "https://a.example.com/%7Bb%7D", true)]
    [InlineData(" https://a.example.com/{attribute:a} ", "https://a.example.com/{attribute:a}", false)]
    public void Where_a_URL_is_shown_it_is_so_as_it_is_sent(string url, string shown, bool hasQuery)
    {
        var template = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", $$"""[{"name":"a","url":"{{url}}"}]""")).Routes[0].Url!;

        Assert.Equal((shown, hasQuery), (template.Shown, template.HasQuery));
    }

    [Fact]
    public void What_the_settings_write_into_a_query_is_concealed_whatever_it_is()
    {
        var template = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", """[{"name":"a","url":"https://a.example.com/?k={{c}} é&a={attribute:a}"}]""")).Routes[0].Url!;

        Assert.True(template.TryFill(Given.Message() with { Attributes = [new("a", "String", "b c")] }, out var url, out _));

        Assert.Equal(("/?k=%7Bc%7D%20%C3%A9&a=b%20c", "/?k=***&a=b%20c"), (url.PathAndQuery, template.Conceal(url, "***")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Values_are_written_into_headers_safely_and_a_route_may_change_the_content_type()
    {
        var request = await ReceivedAsync(
            """[{"name":"a","url":"URLa","headers":"""
                + """{"X-Tenant":"t={attribute:tenant};","Content-Type":"text/plain","Idempotency-Key":"{groupId}-{body:/id}"}}]""",
            Order);

        Assert.Equal("t=%C3%A9/%C3%BC?&#;", request.Headers["X-Tenant"]);
        Assert.Equal("text/plain", request.Headers["Content-Type"]);
        Assert.Equal("g 1-7", request.Headers["Idempotency-Key"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_query_right_behind_the_host_gets_its_path()
    {
        var routes = $$"""[{"name":"a","url":"{{server.Url.GetLeftPart(UriPartial.Authority)}}?t={groupId}"}]""";

        Assert.Equal("/?t=g%201", (await ReceivedAsync(routes, Order)).Path);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    public async Task A_route_may_have_another_method_and_GET_and_DELETE_carry_no_body(string method, bool body)
    {
        var request = await ReceivedAsync($$"""[{"name":"a","url":"URLa","method":"{{method}}"}]""", Order);

        Assert.Equal((method, body), (request.Method, request.Body.Length > 0));
        Assert.Equal((body, body), (request.Headers.ContainsKey("Content-Type"), request.Headers.ContainsKey("Content-Length")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("\"{body:/note}\"", "a\"b\\u00e9 é")]
    [InlineData("\"id={body:/id}, {attribute:tenant}\"", "id=7, é/ü?&#")]
    [InlineData("\"{body:/tags}\"", "[ 1,2 ]")]
    [InlineData("\"{{{body:/id}}}\"", "{7}")]
    [InlineData("\"\"", "")]
    [InlineData("""{"id":"{body:/id}","from":"{queue}"}""", """{"id":7,"from":"orders"}""")]
    [InlineData(
        """{ "n" : "{body:/note}", "t":"{body:/tags}" , "z":"{body:/none}","p":"{body:/price}","b":"{body:/big}" }""",
        """{ "n" : "a\"b\\u00e9 é", "t":[ 1,2 ] , "z":null,"p":1.50,"b":123456789012345678901234567890.10 }""")]
    [InlineData(
        """{"a":["x{body:/id}","{{}}",{"{body:/id}":"{receiveCount}"}],"b":[1,true,null,1.0]}""",
        """{"a":["x7","{}",{"{body:/id}":3}],"b":[1,true,null,1.0]}""")]
    [InlineData("""["{attribute:type}-\"{body:/note}\""]""", """["order-\"a\"b\\u00e9 é\""]""")]
    public async Task A_body_can_be_made_of_the_message(string template, string body) =>
        Assert.Equal(body, (await ReceivedAsync($$"""[{"name":"a","url":"URLa","body":{{template}}}]""", Order)).Text);

    [Fact(Timeout = 30_000)]
    public Task Without_a_template_no_byte_of_a_body_changes() => Property.HoldsAsync(
        Gen.Byte.Array[0, 1999],
        runs: 50,
        async body =>
        {
            var received = await ReceivedAsync(
                """[{"name":"a","url":"URLa?x={messageId}","headers":{"X-A":"{queue}"}}]""", Order with { Body = body });

            Assert.Equal(body, received.Body);
        },
        body => Shown.Bytes(body));

    [Fact(Timeout = 30_000)]
    public Task A_value_taken_as_JSON_keeps_every_byte() => Property.HoldsAsync(AnyJson(depth: 4), runs: 50, async value =>
    {
        var received = await ReceivedAsync(
            """[{"name":"a","url":"URLa","body":["{body:/v}"]}]""",
            Order with { Body = Encoding.UTF8.GetBytes($$"""{"w":0,"v": {{value}} ,"x":1}""") });

        Assert.Equal($"[{value}]", received.Text);
    });

    [Theory(Timeout = 30_000)]
    [InlineData("""{"url":"URL{attribute:missing}"}""", "{attribute:missing} is missing")]
    [InlineData("""{"url":"URLa?x={body:/missing}"}""", "{body:/missing} is missing")]
    [InlineData("""{"url":"URL{body:/tags}"}""", "{body:/tags} is missing")]
    [InlineData("""{"url":"URL{body:/none}"}""", "{body:/none} is missing")]
    [InlineData("""{"url":"URLa","headers":{"X":"{attribute:missing}"}}""", "{attribute:missing} is missing")]
    [InlineData("""{"url":"URLa","body":"{body:/none}"}""", "{body:/none} is missing")]
    [InlineData("""{"url":"URLa","body":{"a":"{body:/missing}"}}""", "{body:/missing} is missing")]
    [InlineData("""{"url":"URLa","body":{"a":"x{body:/missing}"}}""", "{body:/missing} is missing")]
    public async Task A_message_that_lacks_a_value_is_rejected_with_route_expression_and_id(string route, string why)
    {
        var delivery = await DeliverAsync($$"""[{"name":"orders",{{route[1..]}}]""", Order);

        Assert.Equal((Outcome.Rejected, $"route orders: {why} in message 059f36b4"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(server.Requests);
    }

    /// <summary>As no writer would format it.</summary>
    private static Gen<string> AnyJson(int depth)
    {
        var number = Gen.Int[0, int.MaxValue];
        var leaf = Gen.OneOf(
            Gen.OneOf("null", "true", "false", "\"\\u00e9é\\/\\n \ud83d\ude00\\ud83d\\ude00\""),
            number.Select(value => $"-{value}00"),
            Gen.Select(number, number, Gen.Int[0, 399], (whole, part, exponent) => $"{whole}.{part}0e{exponent}"));
        if (depth == 0) return leaf;

        var values = AnyJson(depth - 1).Array[0, 3];
        return Gen.OneOf(
            leaf,
            values.Select(all => $"[ {string.Join(" ,", all)}\t]"),
            values.Select(all => $"{{{string.Join(", ", all.Select((value, index) => $"\"k{index}\\u0020\" :{value}"))}\r\n}}"));
    }

    private async Task<StubRequest> ReceivedAsync(string routes, Message message)
    {
        var delivery = await DeliverAsync(routes, message);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return server.Requests[^1];
    }

    private Task<Delivery> DeliverAsync(string routes, Message message, string? url = null) =>
        Given.DeliveryAsync(
            message,
            ("FORWARD_ROUTES", routes.Replace("URL", server.Url.ToString(), StringComparison.Ordinal)),
            ("FORWARD_URL", url ?? $"{server.Url}last"));
}
