using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.EveryEvent;

namespace SqsAotLambda.Tests;

/// <summary>What each event of the log tells.</summary>
public sealed class LogTests : IDisposable
{
    private readonly Endpoint endpoint = Given.Endpoint(Given.Settings(new("https://example.com:8443/hook?token=s3cret")));

    private readonly Writes output = new();

    public void Dispose() => output.Dispose();

    [Fact]
    public void A_message_that_failed_is_told_with_all_that_is_known()
    {
        var message = Given.Message("id-1", "the body") with { ReceiveCount = 3 };

        Log().MessageFailed(
            "request-1", message, new(Outcome.Rejected, 422, Fault.Reset, "cut short", Latency: TimeSpan.Zero, Endpoint: endpoint, IsResent: true));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"WARN","message":"MessageFailed","requestId":"request-1","messageId":"id-1",
            """
            + """
            "outcome":"Rejected","status":422,"fault":"Reset","detail":"cut short","resent":true,"receiveCount":3,
            """
            + """
            "queue":"orders","route":"default","endpoint":"https://example.com:8443/hook"}
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
            new(Outcome.Delivered, 200), new(Outcome.Delivered, 200), new(Outcome.Delivered, 204, IsResent: true),
            new(Outcome.Unavailable, 503), new(Outcome.Unavailable, IsResent: true), new(Outcome.Rejected, 400, DeadLettered: true),
        ];

        Log().BatchHandled("request-1", TallyOf(deliveries), TimeSpan.FromMilliseconds(1234.5678));

        AssertLine(
            """
            {"timestamp":"2026-01-02T03:04:05Z","level":"INFO","message":"BatchHandled","requestId":"request-1","messages":6,"notAttempted":0,
            """
            + """
            "delivered":3,"dropped":0,"throttled":0,"unavailable":2,"endpointFault":0,"rejected":1,"suspect":0,"deadLettered":1,"resent":2,"paced":0,
            """
            + """
            "durationMs":1234.6}
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

    private void AssertLine(string line) => Assert.Equal([line + "\n"], output.Each);
}
