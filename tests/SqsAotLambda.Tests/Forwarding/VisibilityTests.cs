using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What a batch asks of SQS for the messages it leaves, over a socket.</summary>
public sealed class VisibilityTests : IAsyncDisposable
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly StubSqs sqs = new();
    private readonly AwsJson aws;
    private readonly Endpoint endpoint;

    public VisibilityTests()
    {
        aws = new("sqs", "1.0", credentials: null, TrustStore.None, new(TestLoop.Here), TestLoop.Here);
        endpoint = Given.Endpoint(breaker: true);
    }

    /// <summary>Nothing but the end of the test run.</summary>
    public async ValueTask DisposeAsync()
    {
        aws.Dispose();
        await sqs.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task What_the_deadline_leaves_comes_back_at_once_the_first_time_only()
    {
        Message[] batch = [Given.Message("first", position: 0), Given.Message("second", position: 1) with { ReceiveCount = 2 }];

        await Handler(Outcome.Delivered).HandleAsync(Overdue(batch));

        Assert.Equal([("handle of first", 0), ("handle of second", 60)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task While_the_breaker_is_open_what_the_deadline_leaves_waits_for_it()
    {
        for (var fault = 0; fault < 5; fault++) endpoint.Breaker.Record(Admission.Yes, new(Outcome.EndpointFault));

        await Handler(Outcome.Delivered).HandleAsync(Overdue(Given.Batch("a")));

        Assert.Equal([("handle of a", 30)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_has_no_turn_before_the_deadline_comes_back_at_once()
    {
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await rate.WaitAsync(Deadline.Never);
        var batch = Given.Invocation(Given.Batch("a"), time) with { Deadline = time.GetUtcNow() + TimeSpan.FromMilliseconds(900) };

        var handling = Handler(Outcome.Delivered, rate: rate).HandleAsync(batch);
        time.Advance(TimeSpan.FromMilliseconds(901));

        Assert.Single(await handling);
        Assert.Equal([("handle of a", 0)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_deadline_failures_are_still_held_back()
    {
        var batch = Given.Invocation(Given.Batch("a"), time);
        Send send = (endpoint, _, _) =>
        {
            time.SetUtcNow(batch.Deadline);
            return new(new Delivery(Outcome.Unavailable, Fault: Fault.Timeout, Endpoint: endpoint));
        };

        await Handler(send).HandleAsync(batch);

        Assert.Equal([("handle of a", 30)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_silent_SQS_does_not_cost_the_answer()
    {
        var called = Silence();
        var batch = Given.Invocation(Given.Batch("a"), time, TimeSpan.FromSeconds(4));

        var handling = Handler(Outcome.Unavailable).HandleAsync(batch);
        await called.WaitAsync(TestContext.Current.CancellationToken);
        time.SetUtcNow(batch.End - TimeSpan.FromMilliseconds(401));
        Assert.False(handling.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Single(await handling);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_that_SQS_never_answers_ends_with_the_time_for_it()
    {
        var called = Silence();
        var batch = Given.Invocation(Given.Batch("a"), time, TimeSpan.FromSeconds(4));

        var handling = Handler(Outcome.Rejected).HandleAsync(batch);
        await called.WaitAsync(TestContext.Current.CancellationToken);
        time.SetUtcNow(batch.End - TimeSpan.FromMilliseconds(401));
        Assert.False(handling.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["a"], (await handling).Select(message => message.Id));
        Assert.Single(sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_without_a_receipt_handle_is_not_held_back()
    {
        Message[] batch = [Given.Message("a", position: 0) with { ReceiptHandle = default }, Given.Message("b", position: 1)];

        var failed = await Handler(Outcome.Unavailable).HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["a", "b"], failed.Select(message => message.Id));
        Assert.Equal([("handle of b", 30)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task With_a_base_of_zero_SQS_is_asked_nothing()
    {
        for (var fault = 0; fault < 5; fault++) endpoint.Breaker.Record(Admission.Yes, new(Outcome.EndpointFault));

        var failed = await Handler(Outcome.Unavailable, backoffBase: TimeSpan.Zero)
            .HandleAsync(Given.Invocation(Given.Batch("a", "b"), time));

        Assert.Equal(["a", "b"], failed.Select(message => message.Id));
        Assert.Empty(sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_lane_has_its_own_jitter_and_all_of_a_lane_the_same()
    {
        var chances = new Queue<double>([0, 0.5]);

        await Handler(Outcome.Unavailable, chances.Dequeue).HandleAsync(Given.Invocation(Given.FifoBatch("a:1", "b:1", "a:2"), time));

        Assert.Equal([("handle of a:1", 24), ("handle of a:2", 24), ("handle of b:1", 30)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_of_two_queues_go_in_two_calls()
    {
        Message[] batch =
        [
            Given.Message("a", position: 0),
            Given.Message("b", position: 1) with { Queue = Given.OrdersFifo },
            Given.Message("c", position: 2),
        ];

        await Handler(Outcome.Unavailable).HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(
            [$"{sqs.Url}123456789012/orders 2", $"{sqs.Url}123456789012/orders.fifo 1"],
            sqs.VisibilityChanges.Select(call => $"{call.GetProperty("QueueUrl")} {call.GetProperty("Entries").GetArrayLength()}").Order());
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_a_second_is_held_back_for_one()
    {
        await new Visibility(new SqsApi(aws.CallAsync, sqs.Url), NoLog)
            .PostponeAsync(Given.Invocation([], time), [new(Given.Message("a"), TimeSpan.FromMilliseconds(500))], Given.Closing(time));

        Assert.Equal([("handle of a", 1)], HeldBack());
    }

    [Fact(Timeout = 30_000)]
    public async Task Ten_calls_are_under_way_at_once_and_no_more()
    {
        var (arrived, underWay, most) = (0, 0, 0);
        var gate = new Lock();
        var full = new TaskCompletionSource();
        var api = new SqsApi(
            async (_, _, _, _, _) =>
            {
                lock (gate) most = Math.Max(most, ++underWay);
                if (Interlocked.Increment(ref arrived) == 10) full.SetResult();
                await full.Task;
                // Time enough for one too many to show.
                for (var turn = 0; turn < 100; turn++) await Task.Yield();
                lock (gate) underWay--;
                return JsonDocument.Parse("{}");
            },
            endpoint: null);
        Postponement[] messages =
        [
            .. Enumerable.Range(0, 200).Select(index => new Postponement(Given.Message($"{index}"), TimeSpan.FromSeconds(30))),
        ];

        await new Visibility(api, NoLog).PostponeAsync(Given.Invocation([], time), messages, Given.Closing(time));

        Assert.Equal((20, 10), (arrived, most));
    }

    /// <summary>Its deadline has passed, and a while is left of the invocation.</summary>
    private Batch Overdue(IReadOnlyList<Message> messages) => Given.Invocation(messages, time) with { Deadline = time.GetUtcNow() };

    private JsonLog NoLog => new(Stream.Null, LogLevel.Fatal, time);

    private Function Handler(Outcome outcome, Func<double>? chance = null, RateLimit? rate = null, TimeSpan? backoffBase = null) =>
        Handler((endpoint, _, _) => new(new Delivery(outcome, Endpoint: endpoint)), chance, rate, backoffBase);

    private Function Handler(Send send, Func<double>? chance = null, RateLimit? rate = null, TimeSpan? backoffBase = null)
    {
        var api = new SqsApi(aws.CallAsync, sqs.Url);
        var letters = new DeadLetters(api, new("https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq"), TestLoop.Here, NoLog);
        return Given.Handler(
            [endpoint], send, time, letters.BuryAsync, new Visibility(api, NoLog).PostponeAsync, rate, chance: chance, backoffBase: backoffBase);
    }

    /// <summary>From now on no call is answered.</summary>
    /// <returns>Done with the first call.</returns>
    private Task Silence()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        sqs.OnCall = _ =>
        {
            called.TrySetResult();
            return Replies.Stall;
        };
        return called.Task;
    }

    /// <summary>Receipt handles and seconds.</summary>
    private IEnumerable<(string Handle, int Seconds)> HeldBack() => sqs.VisibilityChanges
        .SelectMany(call => call.GetProperty("Entries").EnumerateArray())
        .Select(entry => (entry.GetProperty("ReceiptHandle").GetString()!, entry.GetProperty("VisibilityTimeout").GetInt32()));
}
