using System.Text;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>What <c>bootstrap explain</c> tells.</summary>
public sealed class ExplainTests : IDisposable
{
    private const string RejectedAndDropped =
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

        """;

    private const string Arn = "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";

    private static readonly (string, string) Url = ("FORWARD_URL", "https://example.com/hook");

    private readonly Explained explained = new();

    public void Dispose() => explained.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task It_shows_the_whole_request_of_a_message()
    {
        var status = await explained.RunAsync(
            """
            {"Records":[{"messageId":"m","body":"{\"id\":7}\n","attributes":{"ApproximateReceiveCount":"1"},
              "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders"}]}
            """,
            (
                "FORWARD_ROUTES",
                """[{"name":"orders","url":"https://orders.example.com/{body:/id}?by={queue}","method":"PUT","headers":{"X-A":"{messageId}"}}]"""));

        Assert.Equal((0, ""), (status, explained.Errors));
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
            explained.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_shows_which_headers_a_request_goes_without()
    {
        var status = await explained.RunAsync(
            $$$"""
            {"Records":[{"messageId":"m","body":"","messageAttributes":{
              "a":{"stringValue":"{{{new string('v', 1000)}}}","dataType":"String"},"b\r\nc":{"stringValue":"1","dataType":"String"} } }]}
            """,
            Url, ("FORWARD_MAX_HEADER", "1000"));

        Assert.Equal((0, ""), (status, explained.Errors));
        Assert.Contains(
            "\n  key       m\n  left out  X-Aws-Sqsd-Attr-a, X-Aws-Sqsd-Attr-b\\x0D\\x0Ac: too long (FORWARD_MAX_HEADER), or no name of a "
                + "header\n\n    POST /hook",
            explained.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("vvv", explained.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_says_what_is_rejected_or_dropped_and_why()
    {
        var status = await explained.RunAsync(
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

        Assert.Equal((1, ""), (status, explained.Errors));
        Assert.Equal(
            RejectedAndDropped,
            explained.Output);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_group_is_one_lane()
    {
        await explained.RunAsync(Encoding.UTF8.GetString(Golden.Read("fifo-event.json")), Url);

        Assert.Equal(["group \"a\", 1 of 2", "group \"b\", 1 of 1", "group \"a\", 2 of 2"], explained.Told("lane"));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_event_without_messages_is_told()
    {
        var status = await explained.RunAsync("""{"Records":[]}""", Url);

        Assert.Equal((0, "The event has no messages.\n", ""), (status, explained.Output, explained.Errors));
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
            explained.Clear();
            var status = await explained.RunAsync(
                """{"Records":[{"messageId":"m","body":""}]}""",
                ("FORWARD_ROUTES", $$"""[{"name":"a","url":"https://a.example.com/","auth":"{{name}}","sign":"hook"}]"""),
                (
                    "FORWARD_AUTH",
                    $$"""{"{{name}}":{{{members.Replace("SECRET", secret, StringComparison.Ordinal)}}},"hook":"""
                        + $$"""{"type":"hmac-sha256","header":"X-Hub","secret":"{{secret}}"} }"""));

            Assert.Equal((0, ""), (status, explained.Errors));
            Assert.EndsWith(
                $"    X-Hub: ***\n{string.Concat(headers.Select(header => $"    {header}\n"))}    Content-Length: 0\n",
                explained.Output,
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
        await explained.RunAsync(
            $$"""
            {"Records":[{"messageId":"m","body":"b","messageAttributes":{
              "ForwardFailure":{"stringValue":"{{failure}}","dataType":"String"} } }]}
            """,
            Url,
            ("FORWARD_REDRIVE_KEY", key));

        Assert.Equal([id], explained.Told("key"));
        Assert.Equal(note, explained.Told("redriven"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no JSON", "The event is not valid JSON at byte 1 of line 0.\n")]
    [InlineData("{}", "The event is not an SQS event: it has no array named Records.\n")]
    [InlineData("""{"Records":[{"body":""}]}""", "The event is not an SQS event: Records[0] has no messageId.\n")]
    public async Task What_is_no_SQS_event_is_told(string json, string fault)
    {
        var status = await explained.RunAsync(json, Url);

        Assert.Equal((2, "", fault), (status, explained.Output, explained.Errors));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_cannot_be_read_is_told()
    {
        var status = await explained.RunAsync("missing.json", () => Stream.Null, Url);

        Assert.Equal(
            (2, "", "missing.json can't be read: FileNotFoundException. It takes the path of a file with an SQS event, or - for standard input.\n"),
            (status, explained.Output, explained.Errors));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_is_read_by_its_path()
    {
        var status = await explained.RunAsync(Path.Combine(AppContext.BaseDirectory, "Golden", "standard-event.json"), () => Stream.Null, Url);

        Assert.Equal((1, 2), (status, explained.Told("key").Count()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Every_fault_of_the_settings_is_told()
    {
        var status = await explained.RunAsync("{}", ("FORWARD_URL", "https://example.com/#s3cret"), ("FORWARD_TIMEOUT", "5"));

        Assert.Equal((2, "", 2), (status, explained.Output, explained.Errors.Count(each => each == '\n')));
        Assert.StartsWith("FORWARD_URL=https://example.com/ is not an absolute https URL", explained.Errors, StringComparison.Ordinal);
    }
}
