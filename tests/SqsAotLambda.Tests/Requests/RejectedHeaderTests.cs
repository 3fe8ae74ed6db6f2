using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Requests.LimitedHeaders;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Messages that are rejected because a header of theirs, or the whole head, would be too long.</summary>
public sealed class RejectedHeaderTests : IAsyncDisposable
{
    private const string TooLong = "longer than 1000 bytes with its name, which FORWARD_MAX_HEADER can change";

    private readonly LimitedHeaders endpoint = new();

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("attribute:x")]
    [InlineData("body:/x")]
    [InlineData("deduplicationId")]
    public async Task A_message_whose_key_is_too_long_is_rejected(string source)
    {
        foreach (var key in (string[])[new('a', 986), new('é', 200), new('a', 1_000_000)])
        {
            var message = Given.Message(body: $$"""{"x":"{{key}}"}""") with { Attributes = [new("x", "String", key)], DeduplicationId = key };

            await endpoint.AssertRejectedAsync(message, $"the header Idempotency-Key is {TooLong}", ("FORWARD_IDEMPOTENCY_SOURCE", source));
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("  k  ")]
    [InlineData("\u0020k")]
    public async Task Spaces_around_a_key_do_not_count(string key)
    {
        var message = Given.Message(body: $$"""{"x":"{{new string(' ', 2000)}}{{key}}"}""");

        Assert.Equal("k", (await endpoint.ReceivedAsync(message, Limit, ("FORWARD_IDEMPOTENCY_SOURCE", "body:/x"))).Headers["Idempotency-Key"]);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{attribute:x}")]
    [InlineData("{body:/x}")]
    [InlineData("a{attribute:x}b")]
    [InlineData("{attribute:y}{attribute:y}{attribute:y}")]
    public async Task A_message_that_makes_a_header_of_its_route_too_long_is_rejected(string template)
    {
        var message = Given.Message(
            body: $$"""{"x":"{{new string('a', 1000)}}"}""") with
        {
            Attributes =
            [
                new("x", "String", new('a', 1000)),
                new("y", "String", new('a', 400)),
            ]
        };
        var expression = template.Contains(":y") ? "{attribute:y}" : template.Trim('a', 'b');

        await endpoint.AssertRejectedAsync(
            message,
            $"{expression} makes the header X-A {TooLong}",
            ("FORWARD_ROUTES", $$$"""[{"name":"default","url":"{{{endpoint.Url}}}","headers":{"X-A":"{{{template}}}"}}]"""));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_would_be_an_event_without_an_id_is_rejected()
    {
        var message = Given.Message(new string('é', 200)) with { Attributes = [new("key", "String", "k")] };

        var delivery = await endpoint.DeliverAsync(
            message, ("FORWARD_HEADERS", "cloudevents"), Limit, ("FORWARD_IDEMPOTENCY_SOURCE", "attribute:key"));

        Assert.Equal(Outcome.Rejected, delivery.Outcome);
        Assert.Contains($"the header ce-id is {TooLong}", delivery.Reason, StringComparison.Ordinal);
    }

    /// <summary>The last first: attributes are told after all else.</summary>
    [Fact(Timeout = 30_000)]
    public async Task The_head_has_four_times_that_and_what_repeats_the_message_gives_way()
    {
        var message = With([.. Enumerable.Range(0, 10).Select(each => ($"a{each}", new string('a', 900)))]);
        var headers = string.Join(',', Enumerable.Range(0, 2).Select(each => $"\"X-{each}\":\"{new string('b', 900)}\""));

        var request = await endpoint.ReceivedAsync(
            message, Limit, ("FORWARD_ROUTES", $$"""[{"name":"default","url":"{{endpoint.Url}}","headers":{ {{headers}} } }]"""));

        Assert.InRange(request.Head.Length, 3000, 4000 + (4 * request.Headers.Count));
        Assert.Equal(
            ["a0", "a1"],
            request.Headers.Keys.Where(name => name.StartsWith("X-Aws-Sqsd-Attr-", StringComparison.Ordinal)).Select(name => name[^2..]));
        Assert.Equal(["b", "b"], new[] { "X-0", "X-1" }.Select(name => request.Headers[name][..1]));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_whose_head_is_too_long_without_these_is_rejected()
    {
        var headers = string.Join(',', Enumerable.Range(0, 5).Select(each => $"\"X-{each}\":\"{new string('b', 900)}\""));

        await endpoint.AssertRejectedAsync(
            With(("a", "1")),
            "the head of the request is longer than 4000 bytes, four times FORWARD_MAX_HEADER",
            ("FORWARD_ROUTES", $$"""[{"name":"default","url":"{{endpoint.Url}}","headers":{ {{headers}} } }]"""));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_request_line_counts_with_the_head() => await endpoint.AssertRejectedAsync(
        With(("x", new('a', 3990))),
        "the head of the request is longer than 4000 bytes, four times FORWARD_MAX_HEADER",
        ("FORWARD_ROUTES", $$"""[{"name":"default","url":"{{endpoint.Url}}?q={attribute:x}"}]"""));
}
