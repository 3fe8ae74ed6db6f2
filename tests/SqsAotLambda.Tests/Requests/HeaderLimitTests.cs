using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Requests.LimitedHeaders;

namespace SqsAotLambda.Tests.Requests;

/// <summary>Which headers are left out: those longer than servers take, and those whose names are none of a header.</summary>
public sealed class HeaderLimitTests : IAsyncDisposable
{
    private const string Trace = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";

    private readonly LimitedHeaders endpoint = new();

    public ValueTask DisposeAsync() => endpoint.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("a", 1000, false)]
    [InlineData("a", 1001, true)]
    [InlineData("é", 1000, false)]
    [InlineData("é", 1001, true)]
    [InlineData("%", 1001, true)]
    [InlineData("a", 1_000_000, true)]
    [InlineData("é", 1_000_000, true)]
    public async Task A_header_is_as_long_as_its_name_and_value_on_the_wire(string piece, int length, bool isLeftOut)
    {
        // Each piece that is encoded has three bytes for each of its own.
        const string name = "X-Aws-Sqsd-Attr-tenant";
        var each = Uri.EscapeDataString(piece).Length;
        var rest = length - name.Length;
        var value = new string('b', rest % each) + string.Concat(Enumerable.Repeat(piece, rest / each));

        var request = await endpoint.ReceivedAsync(With(("tenant", value), ("other", "o")), Limit);

        Assert.Equal(isLeftOut, !request.Headers.ContainsKey(name));
        Assert.Equal("o", request.Headers["X-Aws-Sqsd-Attr-other"]);
        if (!isLeftOut) Assert.Equal(value, Uri.UnescapeDataString(request.Headers[name]));
    }

    [Fact]
    public void A_header_that_was_replaced_takes_no_room_from_the_others()
    {
        var (limit, request) = (new HeaderLimit(100, "SETTING"), new Request("POST", new("https://example.com"), null));
        var text = new string('a', 90);
        foreach (var name in (string[])["a", "b", "c", "d"]) limit.Repeat(request, name, text);
        foreach (var name in (string[])["a", "b", "c", "d"]) request.Set(name, "short");

        limit.Repeat(request, "e", text);

        Assert.Equal(text, request.Find("e"));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_only_repeats_the_message_is_left_out()
    {
        var longText = new string('a', 1000);
        var message = With(("tenant", longText), ("traceparent", Trace), ("tracestate", longText)) with { GroupId = longText };

        var request = await endpoint.ReceivedAsync(message, Limit, Both);

        Assert.DoesNotContain(request.Headers, header => header.Value.Length >= 1000);
        Assert.Equal((Trace, "id"), (request.Headers["traceparent"], request.Headers["ce-id"]));
        Assert.Equal(
            ["tracestate", "X-Aws-Sqsd-Attr-tenant", "X-Aws-Sqsd-Attr-tracestate", "ce-subject", "ce-tenant", "ce-tracestate"],
            (await endpoint.DeliverAsync(message, Limit, Both)).HeadersLeftOut!.Names);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("n\r\nEvil: 1")]
    [InlineData("n\nEvil")]
    [InlineData("n: 1")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("a\0")]
    [InlineData("a(b)")]
    [InlineData("")]
    public async Task An_attribute_whose_name_is_none_of_a_header_is_left_out(string name)
    {
        var request = await endpoint.ReceivedAsync(With((name, "1"), ("other", "o")), Both);

        Assert.DoesNotContain("Evil", request.Head, StringComparison.Ordinal);
        Assert.Equal(
            ["X-Aws-Sqsd-Attr-other"],
            request.Headers.Keys.Where(header => header.StartsWith("X-Aws-Sqsd-Attr-", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal([$"X-Aws-Sqsd-Attr-{name}"], (await endpoint.DeliverAsync(With((name, "1")), Both)).HeadersLeftOut!.Names);
    }

    [Fact(Timeout = 30_000)]
    public async Task So_is_one_whose_name_is_as_long_as_a_message()
    {
        var request = await endpoint.ReceivedAsync(With((new('n', 1_000_000), "1"), (new('é', 1_000_000), "1")), Both);

        Assert.InRange(request.Head.Length, 1, 1000);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_left_out_costs_no_memory()
    {
        var message = With(
            ("a", new('é', 1_000_000)),
            (new('n', 1_000_000), "1")) with
        { Body = Encoding.UTF8.GetBytes($$"""{"x":"{{new string('a', 1_000_000)}}"}""") };
        var settings = Given.Settings(
            endpoint.Url,
            Both,
            ("FORWARD_IDEMPOTENCY_SOURCE", "body:/x"),
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"{{endpoint.Url}}","headers":{"X-A":"{attribute:a}","X-B":"{body:/x}"} }]"""));
        var bodyless = message with { Body = default };
        Ask ask = (_, _, _, _) => new(new Answer(200));
        using var routed = Given.Function(settings, new() { Ask = ask });
        using var plain = Given.Function(settings with { Routes = [settings.Routes[^1]] }, new() { Ask = ask });

        var before = GC.GetAllocatedBytesForCurrentThread();
        await Given.DeliverAsync(routed, message);
        await Given.DeliverAsync(plain, message);
        await Given.DeliverAsync(plain, bodyless);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 100_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_is_counted_and_told_by_name_once_for_each_request()
    {
        using var output = new MemoryStream();
        var time = Given.Clock();
        using var function = Given.Function(Given.Settings(endpoint.Url, Limit), time: time, log: new JsonLog(output, LogLevel.Info, time));
        var message = With(
            [("secret\n" + new string('n', 200), "v"), .. Enumerable.Range(0, 12).Select(each => ($"a{each}", new string('v', 1000)))]);

        var failed = await function.HandleAsync(
            Given.Invocation([message, With(("a", "b")) with { Position = 1 }], time));

        Assert.Empty(failed);
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToLookup(line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString(), line => JsonDocument.Parse(line).RootElement);
        Assert.Equal(13, Assert.Single(lines["BatchMetrics"]).GetProperty("HeadersLeftOut").GetInt32());
        var line = Assert.Single(lines["HeadersLeftOut"]);
        Assert.Equal(
            ("WARN", "HeadersLeftOut", "id", 13),
            (
                line.GetProperty("level").GetString(),
                line.GetProperty("message").GetString(),
                line.GetProperty("messageId").GetString(),
                line.GetProperty("count").GetInt32()));
        Assert.Equal(
            [
                "X-Aws-Sqsd-Attr-secret\n" + new string('n', 77) + "…",
                .. Enumerable.Range(0, 9).Select(each => $"X-Aws-Sqsd-Attr-a{each.ToString(CultureInfo.InvariantCulture)}"),
            ],
            line.GetProperty("headers").EnumerateArray().Select(name => name.GetString()));
        Assert.DoesNotContain("vvvv", line.GetRawText(), StringComparison.Ordinal);
    }
}
