using System.Text;
using System.Text.Json;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

public sealed class LogTests : IDisposable
{
    /// <summary>In characters, of one text.</summary>
    private const int MaxText = 1024;

    private static readonly Endpoint Endpoint = Given.Endpoint(Given.Settings(new("https://example.com:8443/hook?token=s3cret")));

    private readonly Writes output = new();

    public static TheoryData<string> AwkwardTexts =>
    [
        "a\nb\r\nc\u2028d\u2029e\u0085f",
        "\0\u0001\u001b[31m\t\b\u007f",
        "\"quoted\" \\ <&>'",
        "é ☃ 😀",
        "cut in two \ud83d",
        "\ude00",
    ];

    public void Dispose() => output.Dispose();

    [Fact]
    public void A_message_that_failed_is_told_with_all_that_is_known()
    {
        var message = Given.Message("id-1", "the body") with { ReceiveCount = 3 };

        Log().MessageFailed("request-1", message, new(Outcome.Rejected, 422, Fault.Reset, "No body.", Endpoint: Endpoint));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"MessageFailed","requestId":"request-1","messageId":"id-1",
            """
            + """
            "outcome":"Rejected","status":422,"fault":"Reset","reason":"No body.","receiveCount":3,"queue":"orders","route":"default",
            """
            + """
            "endpoint":"https://example.com:8443/hook"}
            """);
    }

    [Fact]
    public void What_is_not_known_of_a_message_that_failed_is_left_out()
    {
        var message = Given.Message("id-1", "the body") with { ReceiveCount = null };

        Log().MessageFailed("request-1", message, new(Outcome.NotAttempted));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"MessageFailed","requestId":"request-1","messageId":"id-1",
            """
            + """
            "outcome":"NotAttempted","queue":"orders"}
            """);
    }

    [Fact]
    public void A_batch_is_counted_by_outcome()
    {
        Delivery[] deliveries =
        [
            new(Outcome.Delivered, 200), new(Outcome.Delivered, 200), new(Outcome.Delivered, 204),
            new(Outcome.Unavailable, 503), new(Outcome.Unavailable), new(Outcome.Rejected, 400, DeadLettered: true),
        ];

        Log().BatchHandled("request-1", TallyOf(deliveries), TimeSpan.FromMilliseconds(1234.5678));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"INFO","message":"BatchHandled","requestId":"request-1","messages":6,"notAttempted":0,
            """
            + """
            "delivered":3,"dropped":0,"throttled":0,"unavailable":2,"endpointFault":0,"rejected":1,"deadLettered":1,"durationMs":1234.6}
            """);
    }

    [Fact]
    public void An_invocation_that_failed_is_told_with_its_error()
    {
        Log().InvocationFailed("request-1", new InvalidDataException("It broke."));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"InvocationFailed","requestId":"request-1",
            """
            + """
            "errorType":"InvalidDataException","errorMessage":"It broke."}
            """);
    }

    [Fact]
    public void An_answer_that_Lambda_refused_is_told_with_its_status()
    {
        Log().AnswerRefused("request-1", 410);

        AssertLine("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"AnswerRefused","requestId":"request-1","status":410}
            """);
    }

    [Fact]
    public void Settings_that_were_refused_are_told_fault_by_fault()
    {
        Log().SettingsRefused(new(["First.", "Second."]));

        AssertLine("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"FATAL","message":"SettingsRefused","faults":["First.","Second."]}
            """);
    }

    [Fact]
    public void A_secret_that_could_not_be_fetched_is_told_with_its_entries()
    {
        Log().SecretFailed("orders, hub", "It broke.");

        AssertLine("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"SecretFailed","auth":"orders, hub","errorMessage":"It broke."}
            """);
    }

    [Fact]
    public void A_lost_Runtime_API_is_told_with_its_error()
    {
        Log().RuntimeApiLost(new IOException("It broke."));

        AssertLine("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"FATAL","message":"RuntimeApiLost","errorType":"IOException","errorMessage":"It broke."}
            """);
    }

    [Fact]
    public void Each_event_is_one_line_in_one_write()
    {
        WriteAll(Log(LogLevel.Trace), "text");

        Assert.Equal(
            [
                "MessageFailed",
                "MessageDeadLettered",
                "CopyFailed",
                "VisibilityFailed",
                "SecretFailed",
                "BatchMetrics",
                "BatchHandled",
                "InvocationFailed",
                "AnswerRefused",
                "SettingsRefused",
                "RuntimeApiLost",
            ],
            EventNames());
        Assert.All(output.Each, write => Assert.Equal(write.Length - 1, write.IndexOf('\n', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(
        "Trace",
        "MessageFailed",
        "MessageDeadLettered",
        "CopyFailed",
        "VisibilityFailed",
        "SecretFailed",
        "BatchMetrics",
        "BatchHandled",
        "InvocationFailed",
        "AnswerRefused",
        "SettingsRefused",
        "RuntimeApiLost")]
    [InlineData(
        "Debug",
        "MessageFailed",
        "MessageDeadLettered",
        "CopyFailed",
        "VisibilityFailed",
        "SecretFailed",
        "BatchMetrics",
        "BatchHandled",
        "InvocationFailed",
        "AnswerRefused",
        "SettingsRefused",
        "RuntimeApiLost")]
    [InlineData(
        "Info",
        "MessageFailed",
        "MessageDeadLettered",
        "CopyFailed",
        "VisibilityFailed",
        "SecretFailed",
        "BatchMetrics",
        "BatchHandled",
        "InvocationFailed",
        "AnswerRefused",
        "SettingsRefused",
        "RuntimeApiLost")]
    [InlineData(
        "Warn",
        "MessageFailed",
        "MessageDeadLettered",
        "CopyFailed",
        "VisibilityFailed",
        "SecretFailed",
        "BatchMetrics",
        "InvocationFailed",
        "AnswerRefused",
        "SettingsRefused",
        "RuntimeApiLost")]
    [InlineData("Error", "CopyFailed", "BatchMetrics", "InvocationFailed", "AnswerRefused", "SettingsRefused", "RuntimeApiLost")]
    [InlineData("Fatal", "BatchMetrics", "SettingsRefused", "RuntimeApiLost")]
    public void A_level_lets_itself_and_the_graver_ones_through(string level, params string[] events)
    {
        WriteAll(Log(Enum.Parse<LogLevel>(level)), "text");

        Assert.Equal(events, EventNames());
    }

    [Theory]
    [MemberData(nameof(AwkwardTexts), DisableDiscoveryEnumeration = true)]
    public void Any_text_keeps_its_line_one_line_of_plain_ASCII(string text)
    {
        WriteAll(Log(), text);

        Assert.Equal(11, EventNames().Count());
        Assert.All(output.Each, write =>
        {
            Assert.EndsWith("}\n", write, StringComparison.Ordinal);
            Assert.DoesNotContain(write[..^1], each => each is < ' ' or > '~');
        });
    }

    [Fact]
    public void A_text_of_any_characters_can_be_read_back()
    {
        var text = "\"é\"\n☃\t😀\\";

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(text, Line().GetProperty("errorMessage").GetString());
    }

    [Fact]
    public void A_text_of_the_greatest_length_is_whole()
    {
        var text = new string('x', MaxText);

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(text, Line().GetProperty("errorMessage").GetString());
    }

    [Theory]
    [InlineData("x")]
    [InlineData("☃")]
    public void A_longer_text_is_cut_wherever_it_stands(string each)
    {
        var text = string.Concat(Enumerable.Repeat(each, 1_000_000));

        WriteAll(Log(), text);

        Assert.Equal(11, output.Each.Count);
        Assert.All(output.Each, write => Assert.InRange(write.Length, 1, 40_000));
    }

    [Fact]
    public void A_text_may_be_cut_inside_a_character()
    {
        var text = new string('x', MaxText - 1) + "😀";

        Log().InvocationFailed("request-1", new InvalidDataException(text));

        Assert.Equal(new string('x', MaxText - 1) + "\ufffd…", Line().GetProperty("errorMessage").GetString());
    }

    [Fact]
    public void A_short_line_after_a_long_one_is_whole_and_alone()
    {
        var log = Log();

        log.InvocationFailed("request-1", new InvalidDataException(new string('x', MaxText)));
        log.AnswerRefused("request-2", 410);

        Assert.Equal("""
            {"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"AnswerRefused","requestId":"request-2","status":410}
            """ + "\n", output.Each[1]);
    }

    [Theory]
    [InlineData("https://example.com?s3cret")]
    [InlineData("https://example.com/?s3cret")]
    [InlineData("https://example.com/hook?token=s3cret&other=s3cret")]
    public void The_query_of_the_endpoint_and_the_body_of_a_message_are_in_no_line(string url)
    {
        Log().MessageFailed(
            "request-1", Given.Message("id-1", "s3cret body"), new(Outcome.Rejected, Endpoint: Given.Endpoint(Given.Settings(new(url)))));

        Assert.DoesNotContain("s3cret", string.Concat(output.Each), StringComparison.Ordinal);
        Assert.Contains("https://example.com/", string.Concat(output.Each), StringComparison.Ordinal);
    }

    private JsonLog Log(LogLevel minimum = LogLevel.Info) => new(output, minimum, Given.Clock());

    /// <summary>Every event, with that text wherever one can be.</summary>
    private static void WriteAll(JsonLog log, string text)
    {
        var message = Given.Message(text, "s3cret body") with { Queue = new(text), Attributes = [new("Name", "String", "s3cret attribute")] };
        log.MessageFailed(text, message, new(Outcome.Rejected, Reason: text, Endpoint: Endpoint));
        log.MessageDeadLettered(text, message, new(Outcome.Rejected, Reason: text, Response: "s3cret answer", Endpoint: Endpoint));
        log.CopyFailed(message, new IOException(text));
        log.VisibilityFailed(text, 1, text);
        log.SecretFailed(text, text);
        Delivery[] deliveries = [new(Outcome.Delivered, 200)];
        log.BatchMetrics(Given.Invocation([message], Given.Clock()), TallyOf(deliveries), deliveries, text, 3, default);
        log.BatchHandled(text, TallyOf(deliveries), TimeSpan.Zero);
        log.InvocationFailed(text, new InvalidDataException(text));
        log.AnswerRefused(text, 410);
        log.SettingsRefused(new([text, text]));
        log.RuntimeApiLost(new IOException(text));
    }

    private static Tally TallyOf(Delivery[] deliveries) =>
        new(Given.Invocation(Given.Batch([.. deliveries.Select((_, position) => $"{position}")]), Given.Clock()), deliveries);

    private void AssertLine(string line) => Assert.Equal([line + "\n"], output.Each);

    private JsonElement Line() => JsonDocument.Parse(Assert.Single(output.Each)).RootElement;

    private IEnumerable<string?> EventNames() =>
        output.Each.Select(write => JsonDocument.Parse(write).RootElement.GetProperty("message").GetString());

    /// <summary>Keeps each write apart.</summary>
    private sealed class Writes : MemoryStream
    {
        public List<string> Each { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer) => Each.Add(Encoding.UTF8.GetString(buffer));

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
