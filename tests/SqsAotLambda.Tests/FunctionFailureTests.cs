using System.Text.Json;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>That each setting of back-off, last receives and dead letters reaches them, by a test that fails when its wire is cut.</summary>
public sealed class FunctionFailureTests : IAsyncDisposable
{
    private static Message LastReceive => Given.Message("a") with { ReceiveCount = 7 };

    private readonly Wired wired = new();

    public ValueTask DisposeAsync() => wired.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("FORWARD_BACKOFF_BASE", "10s", 1, "", 8, 12)]
    [InlineData("FORWARD_BACKOFF_BASE", "0s", 1, "", null, null)]
    [InlineData("FORWARD_BACKOFF_CAP", "40s", 6, "", 32, 40)]
    [InlineData("FORWARD_RETRY_AFTER_MAX", "100s", 1, "Retry-After: 200", 100, 100)]
    [InlineData("FORWARD_RETRY_AFTER_MAX", "300s", 1, "Retry-After: 200", 200, 200)]
    public async Task Back_off_is_what_the_settings_say(string name, string value, int receives, string header, int? least, int? most)
    {
        wired.Answer = header.Length > 0 ? Replies.Status(503, "", header) : Replies.Status(503);

        await wired.HandleAsync([Given.Message() with { ReceiveCount = receives }], (name, value));

        var delays = wired.Sqs.VisibilityChanges.Select(call => call.GetProperty("Entries")[0].GetProperty("VisibilityTimeout").GetInt32());
        if (least is null) Assert.Empty(delays);
        else Assert.InRange(Assert.Single(delays), least.Value, most!.Value);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_makes_a_receive_the_last()
    {
        wired.Answer = Replies.Status(503);

        var failed = await wired.HandleAsync([LastReceive], ("FORWARD_MAX_RECEIVE_COUNT", "7"), Wired.Dead);

        Assert.Empty(failed);
        Assert.Single(wired.Sqs.Sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_is_in_the_metrics()
    {
        wired.Answer = Replies.Status(503);

        await wired.HandleAsync([Given.Message() with { ReceiveCount = 2 }], ("FORWARD_MAX_RECEIVE_COUNT", "7"));

        Assert.Equal(5, wired.Event("BatchMetrics").GetProperty("ReceivesLeft").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_MAX_RECEIVE_COUNT_lengthens_the_park_of_the_last_receives()
    {
        wired.Answer = Replies.Status(404);
        var batch = Given.Batch("a", "b", "c", "d", "e", "f").Select(message => message with { ReceiveCount = 5 }).ToList();

        await wired.HandleAsync(batch, ("FORWARD_MAX_RECEIVE_COUNT", "7"), ("FORWARD_CONCURRENCY", "1"));

        var parked = wired.Sqs.VisibilityChanges.SelectMany(call => call.GetProperty("Entries").EnumerateArray()).Last();
        Assert.True(parked.GetProperty("VisibilityTimeout").GetInt32() >= 900);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_of_SQS_that_is_longer_than_any_of_its_own_is_no_answer()
    {
        wired.Answer = Replies.Status(503);
        wired.Sqs.OnCall = _ => Replies.Status(200, new string(' ', 40 * 1024) + """{"Successful":[{"Id":"0"}]}""");

        await wired.HandleAsync([Given.Message()]);

        var told = wired.Event("VisibilityFailed").GetProperty("errorMessage").GetString();
        Assert.Contains("got no answer: Truncated", told, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_DLQ_URL_takes_what_is_rejected()
    {
        wired.Answer = Replies.Status(400);

        Assert.Empty(await wired.HandleAsync([Given.Message()], Wired.Dead));
        Assert.Equal("https://sqs.us-east-1.amazonaws.com/123456789012/dead", Assert.Single(wired.Sqs.Sent).GetProperty("QueueUrl").GetString());
        Assert.Single(await wired.HandleAsync([Given.Message()]));
        Assert.Single(wired.Sqs.Sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task FORWARD_REDRIVE_KEY_seals_dead_letters()
    {
        wired.Answer = Replies.Status(400);

        await wired.HandleAsync([Given.Message()], Wired.Dead, ("FORWARD_REDRIVE_KEY", "env:KEY"), ("KEY", "k"));

        Assert.Contains("\"hmac\":", FailureOf(Assert.Single(wired.Sqs.Sent)), StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("env:KEY", "a")]
    [InlineData("", "other")]
    public async Task FORWARD_REDRIVE_KEY_tells_whether_a_first_id_is_believed(string key, string expected)
    {
        var forged = Given.Message("a") with { Attributes = [new("ForwardFailure", "String", """{"messageId":"other","hmac":"00"}""")] };

        await wired.HandleAsync([forged], ("FORWARD_REDRIVE_KEY", key), ("KEY", "k"));

        Assert.Equal(expected, Assert.Single(wired.Server.Requests).Headers["Idempotency-Key"]);
    }

    private static string FailureOf(JsonElement copy) =>
        copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!;
}
