using System.Text;
using SqsAotLambda.Commands;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>What <c>bootstrap explain</c> tells.</summary>
public sealed class ExplainTests : IDisposable
{
    private const string Arn = "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";

    private static readonly (string, string) Url = ("FORWARD_URL", "https://example.com/hook");

    private readonly StringWriter output = new() { NewLine = "\n" };
    private readonly StringWriter errors = new() { NewLine = "\n" };

    public void Dispose()
    {
        output.Dispose();
        errors.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task It_shows_the_whole_request_of_a_message()
    {
        var status = await RunAsync(
            """
            {"Records":[{"messageId":"m","body":"{\"id\":7}\n","attributes":{"ApproximateReceiveCount":"1"},
              "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}
            """,
            (
                "FORWARD_ROUTES",
                """[{"name":"orders","url":"https://orders.example.com/{body:/id}?by={queue}","method":"PUT","headers":{"X-A":"{messageId}"}}]"""));

        Assert.Equal((0, ""), (status, errors.ToString()));
        Assert.Equal(
            """
            message m (1 of 1)
              route     orders
              endpoint  https://orders.example.com/{body:/id}
              lane      its own
              key       m

                PUT /7?by=orders HTTP/1.1
                Host: orders.example.com
                Content-Type: application/json
                User-Agent: SqsAotLambda/0.1.0
                Idempotency-Key: m
                traceparent: 00-********************************-****************-0*
                X-Amzn-Trace-Id: Root=1-********-************************;Parent=****************;Sampled=*
                X-Aws-Sqsd-Msgid: m
                X-Aws-Sqsd-Queue: orders
                X-Aws-Sqsd-Receive-Count: 1
                X-A: m
                Content-Length: 9

                {"id":7}


            """,
            output.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task It_shows_which_headers_a_request_goes_without()
    {
        var status = await RunAsync(
            $$$"""
            {"Records":[{"messageId":"m","body":"","messageAttributes":{
              "a":{"stringValue":"{{{new string('v', 1000)}}}","dataType":"String"},"b\r\nc":{"stringValue":"1","dataType":"String"} } }]}
            """,
            Url, ("FORWARD_MAX_HEADER", "1000"));

        Assert.Equal((0, ""), (status, errors.ToString()));
        Assert.Contains(
            "\n  key       m\n  left out  X-Aws-Sqsd-Attr-a, X-Aws-Sqsd-Attr-b\\x0D\\x0Ac: too long (FORWARD_MAX_HEADER), or no name of a "
                + "header\n\n    POST /hook",
            output.ToString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("vvv", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_says_what_is_rejected_or_dropped_and_why()
    {
        var status = await RunAsync(
            """
            {"Records":[
              {"messageId":"m0","body":"{}","messageAttributes":{"type":{"stringValue":"ping","dataType":"String"}}},
              {"messageId":"m1","body":"{}","messageAttributes":{"type":{"stringValue":"order","dataType":"String"}}},
              {"messageId":"m2","body":"{}"},
              {"messageId":"m3","body":7},
              {"messageId":"m4","body":"[\"software.amazon.payloadoffloading.PayloadS3Pointer\",{}]",
               "messageAttributes":{"ExtendedPayloadSize":{"stringValue":"9","dataType":"Number"}}}]}
            """,
            (
                "FORWARD_ROUTES",
                """[{"name":"noise","when":{"attribute:type":"ping"},"drop":true},"""
                    + """{"name":"orders","when":{"attribute:type":"order"},"url":"https://orders.example.com/{body:/id}"}]"""));

        Assert.Equal((1, ""), (status, errors.ToString()));
        Assert.Equal(
            """
            message m0 (1 of 5)
              route     noise
              lane      its own
              outcome   Dropped

            message m1 (2 of 5)
              route     orders
              endpoint  https://orders.example.com/{body:/id}
              lane      its own
              outcome   Rejected: route orders: {body:/id} is missing in message m1

            message m2 (3 of 5)
              route     none
              lane      its own
              outcome   Rejected: no route takes the message

            message m3 (4 of 5)
              route     none
              lane      its own
              outcome   Rejected: the body is not a string

            message m4 (5 of 5)
              route     none
              lane      its own
              outcome   Rejected: the body is a pointer of the SQS Extended Client Library to S3

            """,
            output.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_group_is_one_lane()
    {
        await RunAsync(Encoding.UTF8.GetString(Golden.Read("fifo-event.json")), Url);

        Assert.Equal(["group \"a\", 1 of 2", "group \"b\", 1 of 1", "group \"a\", 2 of 2"], Told("lane"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_without_messages_is_told()
    {
        var status = await RunAsync("""{"Records":[]}""", Url);

        Assert.Equal((0, "The event has no messages.\n", ""), (status, output.ToString(), errors.ToString()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("bearer", "\"type\":\"bearer\",\"token\":\"SECRET\"", "Authorization: ***")]
    [InlineData(
        "default",
        "\"type\":\"oauth2\",\"tokenUrl\":\"https://id.example.com\",\"clientId\":\"me\",\"clientSecret\":\"SECRET\"",
        "Authorization: ***")]
    [InlineData("header", "\"type\":\"header\",\"name\":\"Idempotency-Key\",\"value\":\"SECRET\"", "Idempotency-Key: ***")]
    [InlineData(
        "iam",
        "\"type\":\"sigv4\",\"service\":\"lambda\",\"region\":\"eu-west-1\"",
        "x-amz-date: ***",
        "x-amz-security-token: ***",
        "Authorization: ***")]
    public async Task No_secret_needs_to_be_at_hand(string name, string members, params string[] headers)
    {
        foreach (var secret in new[] { "env:MISSING", Arn })
        {
            output.GetStringBuilder().Clear();
            var status = await RunAsync(
                """{"Records":[{"messageId":"m","body":""}]}""",
                ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/","auth":"{{name}}","sign":"hook"}]"""),
                (
                    "FORWARD_AUTH",
                    $$"""{"{{name}}":{{{members.Replace("SECRET", secret, StringComparison.Ordinal)}}},"hook":"""
                        + $$"""{"type":"hmac-sha256","header":"X-Hub","secret":"{{secret}}"} }"""));

            Assert.Equal((0, ""), (status, errors.ToString()));
            Assert.EndsWith(
                $"    X-Hub: ***\n{string.Concat(headers.Select(header => $"    {header}\n"))}    Content-Length: 0\n",
                output.ToString(),
                StringComparison.Ordinal);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("env:MISSING", """{\"messageId\":\"first\",\"hmac\":\"00\"}""", "first", "as if the hmac of its ForwardFailure were right")]
    [InlineData("env:MISSING", """{\"messageId\":\"first\"}""", "m")]
    [InlineData(Arn, """{\"messageId\":\"first\",\"hmac\":\"00\"}""", "first", "as if the hmac of its ForwardFailure were right")]
    [InlineData("", """{\"messageId\":\"first\",\"hmac\":\"00\"}""", "first")]
    public async Task Of_a_redriven_message_it_says_which_id_it_takes_and_why(string key, string failure, string id, params string[] note)
    {
        await RunAsync(
            $$"""
            {"Records":[{"messageId":"m","body":"b","messageAttributes":{
              "ForwardFailure":{"stringValue":"{{failure}}","dataType":"String"} } }]}
            """,
            Url,
            ("FORWARD_REDRIVE_KEY", key));

        Assert.Equal([id], Told("key"));
        Assert.Equal(note, Told("redriven"));
    }

    /// <summary>Where it is at hand, it is looked for as endpoints may have it; here it goes on behind the cut.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("s3cr%t/")]
    [InlineData("S3CR%T/")]
    [InlineData("s3cr%25t%2f")]
    [InlineData("czNjciV0Lw==")]
    [InlineData("s3cr%25t/")]
    public async Task A_secret_that_a_body_repeats_is_masked(string written)
    {
        await RunAsync(
            $$"""{"Records":[{"messageId":"m","body":"{{new string('x', 1020)}}{{written}}"}]}""",
            Url,
            ("FORWARD_AUTH", """{"default":{"type":"bearer","token":"env:TOKEN"}}"""),
            ("TOKEN", "s3cr%t/"));

        Assert.EndsWith(
            $"    {new string('x', 1020)}***\n  … the first 1,024 of {1020 + written.Length:N0} bytes\n",
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_secret_that_is_anywhere_else_is_masked()
    {
        await RunAsync(
            """{"Records":[{"messageId":"<s3cr%t/>","body":""},{"messageId":"m","body":7}]}""",
            (
                "FORWARD_ROUTES",
                """[{"name":"<s3cr%t/>","url":"https://a.example.com/s3cr%25t%2f?b={messageId}","headers":"""
                    + """{"X-A":"<s3cr%t/>","X-B":"{messageId}"}}]"""),
            ("FORWARD_AUTH", """{"default":{"type":"bearer","token":"env:TOKEN"}}"""),
            ("TOKEN", "s3cr%t/"));

        Assert.DoesNotContain("s3cr", output.ToString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "message <***> (1 of 2)\n  route     <***>\n  endpoint  https://a.example.com/***\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n    POST /***?b=%3C***%3E HTTP/1.1\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n    X-A: ***\n    X-B: <***>\n", output.ToString(), StringComparison.Ordinal);
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
        await RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"id\":\"7&\"}","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}""",
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/hook{{query}}"}]"""));

        Assert.Contains($"\n    POST /hook{shown} HTTP/1.1\n", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", output.ToString(), StringComparison.Ordinal);
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
        await RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"id\":\"7&\"}","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}""",
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/","headers":{"{{name}}":"{{value}}"},"auth":"key"}]"""),
            ("FORWARD_AUTH", """{"key":{"type":"header","name":"X-KEY","value":"env:MISSING"}}"""));

        Assert.Contains($"\n    {name}: {shown}\n", output.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_header_of_the_settings_is_masked_in_a_described_request_too()
    {
        await RunAsync(
            """{"Records":[{"messageId":"m","body":"{\"path\":\"/a\"}"}]}""",
            ("FORWARD_ROUTES", """[{"name":"a","request":"message","url":"https://a.example.com/","headers":{"X-Api-Key":"s3cret"}}]"""));

        Assert.Contains("\n    X-Api-Key: ***\n", output.ToString(), StringComparison.Ordinal);
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
        await RunAsync($$"""{"Records":[{"messageId":"m","body":"{{json}}"}]}""", Url);

        Assert.EndsWith($"\n\n{(shown[0] == '\n' ? "" : "    ")}{shown}\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_that_is_not_UTF_8_would_be_rejected()
    {
        var json = Encoding.Latin1.GetBytes("{\"Records\":[{\"messageId\":\"m\",\"body\":\"a\u00c3(\u00ff\u00e2\u0098\"}]}");

        await RunAsync("-", () => new MemoryStream(json), Url);

        Assert.EndsWith("\n  outcome   Rejected: the body is not UTF-8\n", output.ToString(), StringComparison.Ordinal);
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
        await RunAsync($$"""{"Records":[{"messageId":"m","body":"{{new string('x', before)}}{{after}}"}]}""", Url);

        var shown = (new string('x', before) + after)[..(before < 1024 ? before + (length - before) / 2 : length)];
        Assert.EndsWith($"\n\n    {shown}\n  … the first {length:N0} of {all:N0} bytes\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_of_1_KB_is_not_cut()
    {
        await RunAsync($$"""{"Records":[{"messageId":"m","body":"{{new string('x', 1024)}}"}]}""", Url);

        Assert.EndsWith($"\n\n    {new string('x', 1024)}\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_text_of_ids_and_names_is_made_safe_too()
    {
        await RunAsync(
            """
            {"Records":[{"messageId":"m\n\u001b","body":"","attributes":{"MessageGroupId":"g\n"},
              "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders.fifo"}]}
            """,
            ("FORWARD_ROUTES", """[{"name":"a\nb","drop":true}]"""));

        Assert.Equal(
            "message m\\x0A\\x1B (1 of 1)\n  route     a\\x0Ab\n  lane      group \"g\\x0A\", 1 of 1\n  outcome   Dropped\n", output.ToString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no JSON", "The event is not valid JSON at byte 1 of line 0.\n")]
    [InlineData("{}", "The event is not an SQS event: it has no array named Records.\n")]
    [InlineData("""{"Records":[{"body":""}]}""", "The event is not an SQS event: Records[0] has no messageId.\n")]
    public async Task What_is_no_SQS_event_is_told(string json, string fault)
    {
        var status = await RunAsync(json, Url);

        Assert.Equal((2, "", fault), (status, output.ToString(), errors.ToString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_cannot_be_read_is_told()
    {
        var status = await RunAsync("missing.json", () => Stream.Null, Url);

        Assert.Equal(
            (2, "", "missing.json can't be read: FileNotFoundException. It takes the path of a file with an SQS event, or - for standard input.\n"),
            (status, output.ToString(), errors.ToString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_read_by_its_path()
    {
        var status = await RunAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "standard-event.json"), () => Stream.Null, Url);

        Assert.Equal((1, 2), (status, Told("key").Count()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Every_fault_of_the_settings_is_told()
    {
        var status = await RunAsync("{}", ("FORWARD_URL", "https://example.com/#s3cret"), ("FORWARD_TIMEOUT", "5"));

        Assert.Equal((2, "", 2), (status, output.ToString(), errors.ToString().Count(each => each == '\n')));
        Assert.StartsWith("FORWARD_URL=https://example.com/ is not an absolute https URL", errors.ToString(), StringComparison.Ordinal);
    }

    private IEnumerable<string> Told(string name) =>
        output.ToString().Split('\n').Where(line => line.StartsWith($"  {name} ", StringComparison.Ordinal)).Select(line => line[12..]);

    private Task<int> RunAsync(string json, params (string Name, string Value)[] environment) =>
        RunAsync("-", () => new MemoryStream(Encoding.UTF8.GetBytes(json)), environment);

    private Task<int> RunAsync(string path, Func<Stream> openInput, params (string Name, string Value)[] environment) =>
        Explain.RunAsync(path, openInput, environment.ToDictionary(each => each.Name, each => each.Value), Given.Clock(), output, errors);
}
