using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What becomes of each message of a lane: by its own route, behind a failure, and after the deadline.</summary>
public sealed class LaneOutcomeTests : IDisposable
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly MemoryStream output = new();

    public void Dispose() => output.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Each_message_of_a_group_goes_to_the_endpoint_of_its_own_route()
    {
        var sent = new List<(string Message, string Route)>();
        var handler = Given.Handler(
            [Endpoint("orders", "order"), Endpoint("refunds", "refund")],
            (endpoint, message, _) =>
            {
                sent.Add((message.Id, endpoint.Route.Name));
                return new(new Delivery(Outcome.Delivered, Endpoint: endpoint));
            },
            time);

        await handler.HandleAsync(Given.Invocation([Of("a:1", "order"), Of("a:2", "refund"), Of("a:3", "order")], time));

        Assert.Equal([("a:1", "orders"), ("a:2", "refunds"), ("a:3", "orders")], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_behind_a_failure_was_not_attempted()
    {
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, _, _) => new(new Delivery(Outcome.Unavailable, Fault: Fault.Timeout, Endpoint: endpoint)),
            time,
            log: Log());

        await handler.HandleAsync(Given.Invocation(Given.FifoBatch("a:1", "a:2"), time));

        Assert.Equal(
            [("a:1", "Unavailable"), ("a:2", "NotAttempted")],
            Lines("MessageFailed").Select(line => (line.GetProperty("messageId").GetString(), line.GetProperty("outcome").GetString())));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_batch_that_is_delivered_changes_no_visibility()
    {
        var calls = 0;
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, _, _) => new(new Delivery(Outcome.Delivered, Endpoint: endpoint)),
            time,
            postpone: (_, _, _) => Task.FromResult(calls++));

        Assert.Empty(await handler.HandleAsync(Given.Invocation(Given.Batch("a", "b"), time)));

        Assert.Equal(0, calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_time_to_hold_messages_back_the_log_tells_how_many()
    {
        var (calls, batch) = (0, Given.Invocation(Given.Batch("a", "b", "c"), time, TimeSpan.FromSeconds(10)));
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, _, _) =>
            {
                // Time for a line, and for no call.
                time.SetUtcNow(batch.End - TimeSpan.FromMilliseconds(420));
                return new(new Delivery(Outcome.Delivered, Endpoint: endpoint));
            },
            time,
            postpone: (_, _, _) => Task.FromResult(calls++),
            concurrency: 1,
            log: Log());

        var failed = await handler.HandleAsync(batch);

        Assert.Equal(["b", "c"], failed.Select(message => message.Id));
        Assert.Equal((0, 2), (calls, Assert.Single(Lines("VisibilityFailed")).GetProperty("messages").GetInt32()));
    }

    /// <param name="group">Of the first three, which then go in rounds, with the fourth before the second.</param>
    [Theory(Timeout = 30_000)]
    [InlineData(null)]
    [InlineData("noisy")]
    public async Task After_the_deadline_messages_on_their_last_receive_are_copied_and_the_others_left(string? group)
    {
        var copied = new List<string>();
        int[] receives = [3, 3, 3, 1];
        Message[] messages =
        [
            .. receives.Select((count, index) => Given.Message($"{index}", position: index) with
            {
                ReceiveCount = count, GroupId = count == 3 ? group : null,
            }),
        ];
        var batch = Given.Invocation(messages, time, TimeSpan.FromSeconds(10));
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, _, _) =>
            {
                time.SetUtcNow(batch.Deadline);
                return new(new Delivery(Outcome.Delivered, Endpoint: endpoint));
            },
            time,
            bury: (message, _, _) =>
            {
                copied.Add(message.Id);
                return Task.FromResult(true);
            },
            maxReceiveCount: 3,
            concurrency: 1);

        var failed = await handler.HandleAsync(batch);

        Assert.Equal(["1", "2"], copied);
        Assert.Equal(["3"], failed.Select(message => message.Id));
    }

    /// <summary>SQS allows 12 hours since the receive.</summary>
    [Theory]
    [InlineData(41_999, 41_999)]
    [InlineData(42_001, 42_000)]
    public void Nothing_is_held_back_for_more_than_42000_seconds(int asked, int held)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(1), RetryAfterMax: TimeSpan.FromDays(1), MaxReceiveCount: null);

        var delay = backoff.DelayOf(new(Outcome.Throttled, 429, RetryAfter: TimeSpan.FromSeconds(asked)), 1, breaker: TimeSpan.Zero, chance: 0.5);

        Assert.Equal(TimeSpan.FromSeconds(held), delay);
    }

    private static Endpoint Endpoint(string name, string type)
    {
        var routes = $$"""[{"name":"{{name}}","when":{"attribute:type":"{{type}}"},"url":"https://{{name}}.example.com/"}]""";
        return Given.Endpoint(Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", routes)).Routes[0]);
    }

    private static Message Of(string id, string type)
    {
        var position = id[^1] - '1';
        return Given.FifoBatch(id)[0] with { Position = position, Attributes = [new("type", "String", type)] };
    }

    private JsonLog Log() => new(output, LogLevel.Info, time);

    private IEnumerable<JsonElement> Lines(string name) => Encoding.UTF8.GetString(output.ToArray())
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.GetProperty("message").GetString() == name);
}
