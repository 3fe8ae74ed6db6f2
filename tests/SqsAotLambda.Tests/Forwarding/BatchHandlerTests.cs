using System.Collections.Concurrent;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class BatchHandlerTests
{
    [Fact]
    public async Task What_was_delivered_is_left_out_of_the_failures()
    {
        var failed = await HandleAsync(Given.Batch("a", "b", "c"), Failing("b"));

        Assert.Equal(["b"], failed);
    }

    [Fact]
    public async Task Failures_come_in_the_order_of_the_batch_whatever_the_order_of_the_answers()
    {
        var last = new TaskCompletionSource();
        Forward forward = async (_, message, _) =>
        {
            if (message.Id == "a") await last.Task;
            if (message.Id == "c") last.SetResult();
            return new(Outcome.Unavailable);
        };

        Assert.Equal(["a", "b", "c"], await HandleAsync(Given.Batch("a", "b", "c"), forward));
    }

    [Fact]
    public async Task A_failed_message_holds_back_the_rest_of_its_group()
    {
        var sent = new ConcurrentQueue<string>();

        var failed = await HandleAsync(Given.FifoBatch("a:1", "b:1", "a:2", "b:2", "a:3"), Recording(sent, Failing("a:2")));

        Assert.Equal(["a:2", "a:3"], failed);
        Assert.DoesNotContain("a:3", sent);
    }

    [Fact]
    public async Task The_messages_of_a_group_are_sent_one_after_the_other()
    {
        var underWay = 0;
        var sent = new ConcurrentQueue<string>();
        Forward forward = async (_, message, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref underWay));
            sent.Enqueue(message.Id);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return new(Outcome.Delivered);
        };

        var failed = await HandleAsync(Given.FifoBatch("a:1", "a:2", "a:3", "a:4", "a:5"), forward);

        Assert.Empty(failed);
        Assert.Equal(["a:1", "a:2", "a:3", "a:4", "a:5"], sent);
    }

    [Fact]
    public async Task As_many_requests_are_under_way_as_allowed_and_no_more()
    {
        int underWay = 0, most = 0;
        var full = new TaskCompletionSource();
        Forward forward = async (_, _, _) =>
        {
            var now = Interlocked.Increment(ref underWay);
            InterlockedMax(ref most, now);
            if (now == 3) full.TrySetResult();
            await full.Task;
            // Time enough for one too many to show.
            for (var turn = 0; turn < 100; turn++) await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return new(Outcome.Delivered);
        };

        await HandleAsync(Given.Batch([.. Enumerable.Range(0, 100).Select(id => $"{id}")]), forward, concurrency: 3);

        Assert.Equal(3, most);
    }

    [Fact]
    public async Task After_the_deadline_no_request_starts()
    {
        using var deadline = new CancellationTokenSource();
        var sent = new ConcurrentQueue<string>();
        Forward forward = async (_, message, _) =>
        {
            if (message.Id == "b") await deadline.CancelAsync();
            return new(Outcome.Delivered);
        };

        var failed = await HandleAsync(Given.Batch("a", "b", "c", "d"), Recording(sent, forward), concurrency: 1, deadline);

        Assert.Equal(["c", "d"], failed);
        Assert.Equal(["a", "b"], sent);
    }

    [Fact]
    public async Task A_deadline_that_has_passed_leaves_everything_unattempted()
    {
        using var passed = new CancellationTokenSource();
        await passed.CancelAsync();
        var log = new MemoryStream();

        var failed = await HandleAsync(Given.Batch("a", "b"), (_, _, _) => throw new InvalidOperationException("sent"), deadline: passed, log: log);

        Assert.Equal(["a", "b"], failed);
        Assert.Contains("\"outcome\":\"NotAttempted\"", System.Text.Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact]
    public async Task A_bug_fails_the_invocation_rather_than_passing_for_an_outcome() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => HandleAsync(Given.Batch("a"), (_, _, _) => throw new InvalidOperationException("a bug")));

    [Fact]
    public async Task An_empty_batch_has_no_failures() => Assert.Empty(await HandleAsync([], Failing()));

    [Fact]
    public async Task Two_messages_of_one_id_are_told_apart()
    {
        var calls = 0;

        var failed = await HandleAsync(Given.Batch("same", "same"), (_, _, _) => Task.FromResult(new Delivery(calls++ == 0 ? Outcome.Delivered : Outcome.Unavailable)), concurrency: 1);

        Assert.Equal(["same"], failed);
    }

    private static Forward Failing(params string[] ids) =>
        (_, message, _) => Task.FromResult(new Delivery(ids.Contains(message.Id) ? Outcome.Unavailable : Outcome.Delivered));

    private static Forward Recording(ConcurrentQueue<string> sent, Forward forward) => (endpoint, message, deadline) =>
    {
        sent.Enqueue(message.Id);
        return forward(endpoint, message, deadline);
    };

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }

    private static async Task<IEnumerable<string>> HandleAsync(
        Message[] batch, Forward forward, int concurrency = 10, CancellationTokenSource? deadline = null, MemoryStream? log = null)
    {
        var time = new FakeTime();
        Endpoint[] endpoints = [Given.Endpoint(concurrency: concurrency)];
        var handler = Given.Handler(endpoints, forward, time, concurrency: concurrency, log: new Log(log ?? new MemoryStream(), LogLevel.Info, time));
        return (await handler.HandleAsync(Given.Invocation(batch, time), (deadline?.Token).GetValueOrDefault())).Select(message => message.Id);
    }
}
