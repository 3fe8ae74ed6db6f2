using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class MetricsTests
{
    private const int MaxReceiveCount = 10;

    private readonly FakeTimeProvider time = TestLoop.Follow(new FakeTimeProvider(new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero)));

    [Theory]
    [InlineData(3, "10 Delivered", "7 Unavailable", "2 Unavailable")]
    [InlineData(0, "12 Unavailable")]
    [InlineData(9, "1 NotAttempted")]
    public void The_fewest_receives_left_are_of_what_stays(int left, params string[] messages)
    {
        var metrics = MetricsOf([.. messages.Select(text => (int.Parse(text.Split(' ')[0]), new Delivery(Enum.Parse<Outcome>(text.Split(' ')[1]))))]);

        Assert.Equal(left, metrics.GetProperty("ReceivesLeft").GetInt32());
        Assert.Contains("ReceivesLeft", Defined(metrics));
    }

    [Fact]
    public void Where_nothing_stays_no_receives_left_are_told()
    {
        var metrics = MetricsOf([(10, new(Outcome.Delivered)), (10, new(Outcome.Rejected, DeadLettered: true))]);

        Assert.False(metrics.TryGetProperty("ReceivesLeft", out _));
        Assert.DoesNotContain("ReceivesLeft", Defined(metrics));
    }

    [Fact]
    public void A_copied_message_is_not_parked()
    {
        var metrics = MetricsOf(
            [(10, new(Outcome.NotAttempted, Hold: Hold.Breaker, DeadLettered: true)), (1, new(Outcome.NotAttempted, Hold: Hold.Breaker))]);

        Assert.Equal((1, 1), (metrics.GetProperty("Parked").GetInt32(), metrics.GetProperty("DeadLettered").GetInt32()));
    }

    [Theory]
    [InlineData(10, "Unavailable", false, 0)]
    [InlineData(11, "Unavailable", false, 2)]
    [InlineData(11, "Delivered", false, 0)]
    [InlineData(11, "Rejected", true, 0)]
    public void FIFO_groups_behind_a_message_with_more_than_ten_receives_are_counted_blocked(int receives, string outcome, bool isCopied, int blocked)
    {
        var delivery = new Delivery(Enum.Parse<Outcome>(outcome), DeadLettered: isCopied);
        Message[] batch = [.. Given.FifoBatch("a:1", "a:2", "b:1").Select(message => message with { ReceiveCount = receives })];

        Assert.Equal(blocked, MetricsOf(batch, [.. batch.Select(_ => delivery)]).GetProperty("Blocked").GetInt32());
    }

    [Fact]
    public void Groups_of_one_name_on_two_FIFO_queues_are_blocked_each_and_those_of_a_standard_queue_are_not()
    {
        var blocked = Given.FifoBatch("a:1")[0] with { ReceiveCount = 11 };
        Message[] batch =
        [
            blocked,
            blocked with { Position = 1, Queue = new("arn:aws:sqs:us-east-1:123456789012:other.fifo") },
            blocked with { Position = 2, Queue = Given.Orders, GroupId = "b" },
        ];

        var metrics = MetricsOf(batch, [.. batch.Select(_ => new Delivery(Outcome.Suspect))]);

        Assert.Equal(2, metrics.GetProperty("Blocked").GetInt32());
        Assert.Contains("Blocked", Defined(metrics));
    }

    [Fact]
    public void Paced_and_resent_messages_are_counted_whatever_became_of_them()
    {
        var metrics = MetricsOf(
        [
            (1, new(Outcome.Delivered, IsPaced: true)), (1, new(Outcome.NotAttempted, Hold: Hold.Pace, IsPaced: true)),
            (1, new(Outcome.Throttled, IsPaced: true)), (1, new(Outcome.Delivered, IsResent: true)),
            (1, new(Outcome.NotAttempted, Hold: Hold.Pause)),
        ]);

        Assert.Equal(
            (3, 1, 0), (metrics.GetProperty("Paced").GetInt32(), metrics.GetProperty("Resent").GetInt32(), metrics.GetProperty("Parked").GetInt32()));
    }

    [Fact(Timeout = 30_000)]
    public async Task On_FIFO_all_of_a_parked_lane_are_counted_parked()
    {
        using var output = new MemoryStream();
        var endpoint = Given.Endpoint(breaker: true);
        for (var fault = 0; fault < 5; fault++) endpoint.Breaker.Record(Admission.Yes, new(Outcome.EndpointFault));
        var handler = Given.Handler(
            [endpoint], (_, _, _) =>
                throw new InvalidOperationException("sent"), time, log: new JsonLog(output, LogLevel.Fatal, time));

        await handler.HandleAsync(Given.Invocation(Given.FifoBatch("a:1", "b:1", "a:2", "a:3"), time));

        var metrics = Read(output);
        Assert.Equal((4, 4), (metrics.GetProperty("Parked").GetInt32(), metrics.GetProperty("NotAttempted").GetInt32()));
    }

    [Fact]
    public void Of_more_latencies_than_CloudWatch_takes_a_hundred_are_picked_evenly()
    {
        var metrics = MetricsOf(
            [.. Enumerable.Range(0, 250).Select(each => (1, new Delivery(Outcome.Delivered, Latency: TimeSpan.FromMilliseconds(each))))]);

        var latencies = metrics.GetProperty("Latency").EnumerateArray().Select(each => each.GetInt32()).ToList();
        Assert.Equal(100, latencies.Count);
        Assert.Equal(0, latencies[0]);
        Assert.InRange(latencies[^1], 247, 249);
        Assert.All(latencies.Zip(latencies.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 2, 3));
    }

    [Fact]
    public void Of_a_hundred_latencies_all_are_told()
    {
        Delivery none = new(Outcome.NotAttempted);
        var metrics = MetricsOf(
        [
            .. Enumerable.Range(0, 100).SelectMany(
                each => new[] { (1, none), (1, new(Outcome.Delivered, Latency: TimeSpan.FromMilliseconds(each + 0.26))) }),
        ]);

        Assert.Equal(
            Enumerable.Range(0, 100).Select(each => each + 0.3), metrics.GetProperty("Latency").EnumerateArray().Select(each => each.GetDouble()));
        Assert.Contains("Latency", Defined(metrics));
    }

    [Fact]
    public void Without_requests_there_is_no_latency()
    {
        var metrics = MetricsOf([(1, new(Outcome.NotAttempted, Hold: Hold.Time))]);

        Assert.False(metrics.TryGetProperty("Latency", out _));
        Assert.DoesNotContain("Latency", Defined(metrics));
    }

    [Fact]
    public void The_time_is_in_milliseconds() =>
        Assert.Equal(1767323045678, MetricsOf([(1, new(Outcome.Delivered))]).GetProperty("_aws").GetProperty("Timestamp").GetInt64());

    [Fact]
    public void What_is_defined_is_there_by_function_and_queue()
    {
        var metrics = MetricsOf([(1, new(Outcome.Unavailable, Latency: TimeSpan.FromMilliseconds(1)))]);

        Assert.Equal(("function", "orders"), (metrics.GetProperty("Function").GetString(), metrics.GetProperty("Queue").GetString()));
        Assert.All(Defined(metrics), name => Assert.True(metrics.TryGetProperty(name!, out _), name));
        Assert.All(Enum.GetNames<Outcome>(), outcome => Assert.Equal(outcome == "Unavailable" ? 1 : 0, metrics.GetProperty(outcome).GetInt32()));
    }

    [Fact]
    public void An_unknown_queue_has_a_name_that_CloudWatch_takes()
    {
        using var output = new MemoryStream();
        Delivery[] deliveries = [new(Outcome.Delivered)];
        var invocation = Given.Invocation([Given.Message() with { Queue = new("nonsense") }], time);

        new JsonLog(output, LogLevel.Fatal, time)
            .BatchMetrics(invocation, new Tally(invocation, deliveries), deliveries, "function", null, time.GetUtcNow());

        Assert.Equal("unknown", Read(output).GetProperty("Queue").GetString());
    }

    private static IEnumerable<string?> Defined(JsonElement metrics) => metrics.GetProperty("_aws").GetProperty("CloudWatchMetrics")[0]
        .GetProperty("Metrics").EnumerateArray().Select(metric => metric.GetProperty("Name").GetString());

    /// <summary>As they are written for messages received so often, which ended so.</summary>
    private JsonElement MetricsOf((int ReceiveCount, Delivery Delivery)[] messages)
    {
        Message[] batch =
        [
            .. messages.Select((each, position) => Given.Message($"{position}", position: position) with { ReceiveCount = each.ReceiveCount }),
        ];
        return MetricsOf(batch, [.. messages.Select(each => each.Delivery)]);
    }

    private JsonElement MetricsOf(Message[] batch, Delivery[] deliveries)
    {
        using var output = new MemoryStream();
        var invocation = Given.Invocation(batch, time);

        new JsonLog(output, LogLevel.Fatal, time)
            .BatchMetrics(invocation, new Tally(invocation, deliveries), deliveries, "function", MaxReceiveCount, time.GetUtcNow());

        return Read(output);
    }

    private static JsonElement Read(MemoryStream output) => JsonDocument.Parse(output.ToArray()).RootElement;
}
