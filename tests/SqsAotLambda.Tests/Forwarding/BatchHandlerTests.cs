using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Handled;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Lanes, limits and the deadline of a batch, and what it answers.</summary>
public sealed class BatchHandlerTests
{
    [Fact(Timeout = 30_000)]
    public async Task What_was_delivered_is_left_out_of_the_failures()
    {
        var failed = await HandleAsync(Given.Batch("a", "b", "c"), Failing("b"));

        Assert.Equal(["b"], failed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Failures_come_in_the_order_of_the_batch_whatever_the_order_of_the_answers()
    {
        var last = new TaskCompletionSource();
        Send send = async (_, message, _) =>
        {
            if (message.Id == "a") await last.Task;
            if (message.Id == "c") last.SetResult();
            return new(Outcome.Unavailable);
        };

        Assert.Equal(["a", "b", "c"], await HandleAsync(Given.Batch("a", "b", "c"), send));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_message_holds_back_the_rest_of_its_group()
    {
        var sent = new ConcurrentQueue<string>();

        var failed = await HandleAsync(Given.FifoBatch("a:1", "b:1", "a:2", "b:2", "a:3"), Recording(sent, Failing("a:2")));

        Assert.Equal(["a:2", "a:3"], failed);
        Assert.DoesNotContain("a:3", sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_messages_of_a_group_are_sent_one_after_the_other()
    {
        var underWay = 0;
        var sent = new ConcurrentQueue<string>();
        Send send = async (_, message, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref underWay));
            sent.Enqueue(message.Id);
            await Task.Yield();
            Interlocked.Decrement(ref underWay);
            return new(Outcome.Delivered);
        };

        var failed = await HandleAsync(Given.FifoBatch("a:1", "a:2", "a:3", "a:4", "a:5"), send);

        Assert.Empty(failed);
        Assert.Equal(["a:1", "a:2", "a:3", "a:4", "a:5"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task As_many_requests_are_under_way_as_allowed_and_no_more()
    {
        int underWay = 0, most = 0;
        var full = new TaskCompletionSource();
        Send send = async (_, _, _) =>
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

        await HandleAsync(Given.Batch([.. Enumerable.Range(0, 100).Select(id => $"{id}")]), send, concurrency: 3);

        Assert.Equal(3, most);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_deadline_no_request_starts()
    {
        var (sent, time) = (new ConcurrentQueue<string>(), Given.Clock());
        Send send = (_, message, deadline) =>
        {
            if (message.Id == "b") time.SetUtcNow(deadline.At);
            return Accepted;
        };

        var failed = await HandleAsync(Given.Batch("a", "b", "c", "d"), Recording(sent, send), concurrency: 1, time: time);

        Assert.Equal(["c", "d"], failed);
        Assert.Equal(["a", "b"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_deadline_that_has_passed_leaves_everything_unattempted()
    {
        var log = new MemoryStream();

        var failed = await HandleAsync(Given.Batch("a", "b"), (_, _, _) => throw new InvalidOperationException("sent"), log: log, isOverdue: true);

        Assert.Equal(["a", "b"], failed);
        Assert.Contains("\"outcome\":\"NotAttempted\"", Encoding.UTF8.GetString(log.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_batch_has_no_failures() => Assert.Empty(await HandleAsync([], Failing()));

    [Fact(Timeout = 30_000)]
    public async Task Two_messages_of_one_id_are_told_apart()
    {
        var calls = 0;

        var failed = await HandleAsync(
            Given.Batch("same", "same"),
            (_, _, _) => new(new Delivery(calls++ == 0 ? Outcome.Delivered : Outcome.Unavailable)),
            concurrency: 1);

        Assert.Equal(["same"], failed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_on_their_last_receive_go_first()
    {
        var time = Given.Clock();
        var sent = new ConcurrentQueue<string>();
        Endpoint[] endpoints = [Given.Endpoint()];
        var handler = Given.Handler(endpoints, Recording(sent, Failing()), time, maxReceiveCount: 10, concurrency: 1);
        var batch = Given.Batch("a", "b", "c", "d");
        (batch[1], batch[3]) = (batch[1] with { ReceiveCount = 10 }, batch[3] with { ReceiveCount = 11 });

        await handler.HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["b", "d", "a", "c"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copied_message_is_told_as_dead_lettered()
    {
        var time = Given.Clock();
        using var output = new MemoryStream();
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, message, _) => new(new Delivery(message.Id == "a" ? Outcome.Rejected : Outcome.Unavailable, Endpoint: endpoint)),
            time,
            bury: (_, _, _) => Task.FromResult(true),
            log: new JsonLog(output, LogLevel.Info, time));

        var failed = await handler.HandleAsync(Given.Invocation(Given.Batch("a", "b"), time));

        Assert.Equal(["b"], failed.Select(message => message.Id));
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement);
        Assert.Equal(
            ["MessageDeadLettered a", "MessageFailed b"],
            lines.Where(line => line.TryGetProperty("messageId", out _))
                .Select(line => $"{line.GetProperty("message")} {line.GetProperty("messageId")}"));
    }

    private static Send Recording(ConcurrentQueue<string> sent, Send send) => (endpoint, message, deadline) =>
    {
        sent.Enqueue(message.Id);
        return send(endpoint, message, deadline);
    };

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; value > seen; seen = target)
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }
}
