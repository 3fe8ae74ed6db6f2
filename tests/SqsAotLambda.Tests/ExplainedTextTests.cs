using System.Text;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>What of a message's text <c>bootstrap explain</c> shows: no secret, and nothing that a terminal obeys.</summary>
public sealed class ExplainedTextTests : IDisposable
{
    private static readonly (string, string) Url = ("FORWARD_URL", "https://example.com/hook");

    private readonly Explained explained = new();

    public void Dispose() => explained.Dispose();

    /// <summary>Where it is at hand, it is looked for as endpoints may have it; here it goes on behind the cut.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("s3cr%t/")]
    [InlineData("S3CR%T/")]
    [InlineData("s3cr%25t%2f")]
    [InlineData("czNjciV0Lw==")]
    [InlineData("s3cr%25t/")]
    public async Task A_secret_that_a_body_repeats_is_masked(string written)
    {
        await explained.RunAsync(
            $$"""{"Records":[{"messageId":"m","body":"{{new string('x', 1020)}}{{written}}"}]}""",
            Url,
            ("FORWARD_AUTH", """{"default":{"type":"bearer","token":"env:TOKEN"}}"""),
            ("TOKEN", "s3cr%t/"));

        Assert.EndsWith(
            $"    {new string('x', 1020)}***\n  … the first 1,024 of {1020 + written.Length:N0} bytes\n",
            explained.Output,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_is_anywhere_else_is_masked()
    {
        await explained.RunAsync(
            """{"Records":[{"messageId":"<s3cr%t/>","body":""},{"messageId":"m","body":7}]}""",
            (
                "FORWARD_ROUTES",
                """[{"name":"<s3cr%t/>","url":"https://a.example.com/s3cr%25t%2f?b={messageId}","headers":"""
                    + """{"X-A":"<s3cr%t/>","X-B":"{messageId}"}}]"""),
            ("FORWARD_AUTH", """{"default":{"type":"bearer","token":"env:TOKEN"}}"""),
            ("TOKEN", "s3cr%t/"));

        Assert.DoesNotContain("s3cr", explained.Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "message <***> (1 of 2)\n  route     <***>\n  endpoint  https://a.example.com/***\n", explained.Output, StringComparison.Ordinal);
        Assert.Contains("\n    POST /***?b=%3C***%3E HTTP/1.1\n", explained.Output, StringComparison.Ordinal);
        Assert.Contains("\n    X-A: ***\n    X-B: <***>\n", explained.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("?key=s3cret", "?key=***")]
    [InlineData("?s3cret", "?***")]
    [InlineData("?a=&b=s3cret=", "?a=&b=***")]
    [InlineData("?id={body:/id}&key=s3cret&{queue}", "?id=7%26&key=***&orders")]
    [InlineData("?key=s3cret{body:/id}&{queue}=s3cret", "?key=***&orders=***")]
    [InlineData("?", "?")]
    public async Task What_the_settings_write_into_a_query_is_masked(string query, string shown)
    {
        await explained.RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"id\":\"7&\"}","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}""",
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/hook{{query}}"}]"""));

        Assert.Contains($"\n    POST /hook{shown} HTTP/1.1\n", explained.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", explained.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("X-Api-Key", "s3cret", "***")]
    [InlineData("X-Api-Key", "s3cret-{body:/id}", "***7&")]
    [InlineData("X-Api-Key", "{queue}s3cret{body:/id}s3cret", "orders***7&***")]
    [InlineData("X-Api-Key", "{body:/id}", "7&")]
    [InlineData("x-key", "s3cret", "***")]
    [InlineData("Accept", "text/html", "text/html")]
    [InlineData("If-Match", "v{body:/id}", "v7&")]
    [InlineData("ce-type", "com.example.{queue}", "com.example.orders")]
    public async Task What_the_settings_write_into_a_header_is_masked(string name, string value, string shown)
    {
        await explained.RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"id\":\"7&\"}","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}""",
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/","headers":{"{{name}}":"{{value}}"},"auth":"key"}]"""),
            ("FORWARD_AUTH", """{"key":{"type":"header","name":"X-KEY","value":"env:MISSING"}}"""));

        Assert.Contains($"\n    {name}: {shown}\n", explained.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", explained.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_header_of_the_settings_is_masked_in_a_described_request_too()
    {
        await explained.RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"path\":\"/a\"}"}]}""",
            ("FORWARD_ROUTES", """[{"name":"a","request":"message","url":"https://a.example.com/","headers":{"X-Api-Key":"s3cret"}}]"""));

        Assert.Contains("\n    X-Api-Key: ***\n", explained.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a\\u001b[2Jb", "a\\x1B[2Jb")]
    [InlineData("a\\r\\nb\\tc", "a\\x0D\n    b\tc")]
    [InlineData("\\u0000\\u007f\\u0085", "\\x00\\x7F\\xC2\\x85")]
    [InlineData("\\u202eevil\\u2028\\ufeff", "\\xE2\\x80\\xAEevil\\xE2\\x80\\xA8\\xEF\\xBB\\xBF")]
    [InlineData("\\\\x41 \\\\n \\\\\\\\x", "\\x5Cx41 \\n \\\\x5Cx")]
    [InlineData("é☃😀", "é☃😀")]
    [InlineData("\\ud800\\udc0a", "\U0001000a")]
    [InlineData("\\nmessage m (2 of 2)", "\n    message m (2 of 2)")]
    public async Task Nothing_in_a_body_reaches_the_terminal_but_text(string json, string shown)
    {
        await explained.RunAsync($$"""{"Records":[{"messageId":"m","body":"{{json}}"}]}""", Url);

        Assert.EndsWith($"\n\n{(shown[0] == '\n' ? "" : "    ")}{shown}\n", explained.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_that_is_not_UTF_8_would_be_rejected()
    {
        var json = Encoding.Latin1.GetBytes("{\"Records\":[{\"messageId\":\"m\",\"body\":\"a\u00c3(\u00ff\u00e2\u0098\"}]}");

        await explained.RunAsync("-", () => new MemoryStream(json), Url);

        Assert.EndsWith("\n  outcome   Rejected: the body is not UTF-8\n", explained.Output, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1023, "é", 1023, 1025)]
    [InlineData(1022, "☃", 1022, 1025)]
    [InlineData(1021, "😀", 1021, 1025)]
    [InlineData(1023, "éx", 1023, 1026)]
    [InlineData(1022, "éx", 1024, 1025)]
    [InlineData(12_343, "é", 1024, 12_345)]
    public async Task A_long_body_is_cut_between_two_characters(int before, string after, int length, int all)
    {
        await explained.RunAsync($$"""{"Records":[{"messageId":"m","body":"{{new string('x', before)}}{{after}}"}]}""", Url);

        var shown = (new string('x', before) + after)[..(before < 1024 ? before + (length - before) / 2 : length)];
        Assert.EndsWith($"\n\n    {shown}\n  … the first {length:N0} of {all:N0} bytes\n", explained.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_of_1_KB_is_not_cut()
    {
        await explained.RunAsync($$"""{"Records":[{"messageId":"m","body":"{{new string('x', 1024)}}"}]}""", Url);

        Assert.EndsWith($"\n\n    {new string('x', 1024)}\n", explained.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_text_of_ids_and_names_is_made_safe_too()
    {
        await explained.RunAsync(
            """
            {"Records":[{"messageId":"m\n\u001b","body":"","attributes":{"MessageGroupId":"g\n"},
              "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders.fifo"}]}
            """,
            ("FORWARD_ROUTES", """[{"name":"a\nb","drop":true}]"""));

        Assert.Equal(
            "message m\\x0A\\x1B (1 of 1)\n  route     a\\x0Ab\n  lane      group \"g\\x0A\", 1 of 1\n  outcome   Dropped\n", explained.Output);
    }
}
