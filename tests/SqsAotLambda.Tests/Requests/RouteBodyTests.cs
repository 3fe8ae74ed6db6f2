using System.Text;
using CsCheck;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.RoutedMessages;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The body and the headers that a route makes of a message.</summary>
public sealed class RouteBodyTests : IAsyncDisposable
{
    private readonly RoutedMessages routed = new();

    public ValueTask DisposeAsync() => routed.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task Values_are_written_into_headers_safely_and_a_route_may_change_the_content_type()
    {
        var request = await routed.ReceivedAsync(
            """[{"name":"a","url":"URLa","headers":"""
                + """{"X-Tenant":"t={attribute:tenant};","Content-Type":"text/plain","Idempotency-Key":"{groupId}-{body:/id}"}}]""",
            Order);

        Assert.Equal("t=%C3%A9/%C3%BC?&#;", request.Headers["X-Tenant"]);
        Assert.Equal("text/plain", request.Headers["Content-Type"]);
        Assert.Equal("g 1-7", request.Headers["Idempotency-Key"]);
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
        Assert.Equal(body, (await routed.ReceivedAsync($$"""[{"name":"a","url":"URLa","body":{{template}}}]""", Order)).Text);

    [Fact(Timeout = 30_000)]
    public Task Without_a_template_no_byte_of_a_body_changes() => Property.HoldsAsync(
        Gen.Byte.Array[0, 1999],
        runs: 50,
        async body =>
        {
            var received = await routed.ReceivedAsync(
                """[{"name":"a","url":"URLa?x={messageId}","headers":{"X-A":"{queue}"}}]""", Order with { Body = body });

            Assert.Equal(body, received.Body);
        },
        body => Shown.Bytes(body));

    [Fact(Timeout = 30_000)]
    public Task A_value_taken_as_JSON_keeps_every_byte() => Property.HoldsAsync(AnyJson(depth: 4), runs: 50, async value =>
    {
        var received = await routed.ReceivedAsync(
            """[{"name":"a","url":"URLa","body":["{body:/v}"]}]""",
            Order with { Body = Encoding.UTF8.GetBytes($$"""{"w":0,"v": {{value}} ,"x":1}""") });

        Assert.Equal($"[{value}]", received.Text);
    });

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
}
