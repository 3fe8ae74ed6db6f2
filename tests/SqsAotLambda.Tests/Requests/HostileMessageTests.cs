using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Values of messages made to reach what they should not: each is refused, or made harmless.</summary>
public sealed class HostileMessageTests : IAsyncDisposable
{
    private const string Routes = """
        [{"name":"a","url":"URLv1/{attribute:x}/orders?q={attribute:x}&n={body:/n}","headers":{"X-Value":"<{attribute:x}>"},
          "body":{"x":"{attribute:x}","n":"{body:/n}"}}]
        """;

    private const string Limit = "8000 bytes with its name, which FORWARD_MAX_HEADER can change";

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

    private async Task<StubRequest> ReceivedAsync(string value, string number)
    {
        var delivery = await DeliverAsync(value, number);

        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return Assert.Single(server.Requests);
    }

    private Task<Delivery> DeliverAsync(string value, string number, string routes = Routes)
    {
        var message = Given.Message(body: $$"""{"n":{{number}}}""") with { Attributes = [new("x", "String", value)] };
        return Given.DeliveryAsync(message, ("FORWARD_ROUTES", routes.Replace("URL", server.Url.ToString(), StringComparison.Ordinal)));
    }
}
