using System.Runtime.CompilerServices;
using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Alone, because it counts what the whole process allocates.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AllocationTestsAlone;

/// <summary>What a batch without failures allocates, beside the HTTP client and the log's own line.</summary>
[Collection(typeof(AllocationTestsAlone))]
public sealed class AllocationTests
{
    /// <summary>In bytes: what the same cost before there were back-off, breaker, dead letters and metrics.</summary>
    private const int EarlierMessage = 480, EarlierBatchOfTen = 7088;

    [Fact(Timeout = 30_000)]
    public async Task A_delivered_message_allocates_no_more_than_before_there_was_back_off() =>
        Assert.InRange((await AllocatedAsync(messages: 2_000) - await AllocatedAsync(messages: 1_000)) / 1_000, 1, EarlierMessage);

    [Fact(Timeout = 30_000)]
    public async Task A_batch_allocates_no_more_than_before_there_was_back_off() =>
        Assert.InRange(await AllocatedAsync(messages: 10), 1, EarlierBatchOfTen);

    /// <summary>With what the event is read into: the message itself, its id, and little else.</summary>
    [Fact(Timeout = 30_000)]
    public async Task Reading_and_delivering_10_000_messages_allocates_less_than_800_bytes_each()
    {
        var records = Enumerable.Range(0, 10_000).Select(index => $$"""
            {"messageId":"059f36b4-87a3-44ab-83d2-{{index:d12}}","receiptHandle":"{{new string('A', 400)}}","body":"{\"id\":{{index}}}",
              "attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1545082649183","SenderId":"AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp":"1545082649185"},"messageAttributes":{},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3",
              "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my-queue","awsRegion":"us-east-2"}
            """);
        var json = Encoding.UTF8.GetBytes($$"""{"Records":[{{string.Join(',', records)}}]}""");
        var events = new EventReader();
        var time = Given.Clock();
        var handler = Handler(time);

        // The compiler takes its time to make the best of the code, on a busy machine more of it.
        var least = long.MaxValue;
        for (var run = 0; run < 200 && (run < 20 || least / 10_000 > 800); run++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await handler.HandleAsync(Given.Invocation(events.Read(json, trace: null), time));
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.InRange(least / 10_000, 1, 800);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_only_a_CloudEvent_tells_costs_nothing_where_there_is_none()
    {
        var settings = Given.Settings(new("https://example.com/hook"), ("FORWARD_HEADERS", "none"));
        using var function = Given.Function(settings, new() { Ask = (_, _, _, _) => new(new Answer(200)) });
        var message = Given.Message();
        var whole = message with { SentAt = DateTimeOffset.UnixEpoch, GroupId = "group" };

        var (timeless, timed) = (EventWith(""), EventWith("\"SentTimestamp\":\"1545082649183\","));

        Assert.Equal(await ReadingAsync(timeless), await ReadingAsync(timed));
        Assert.Equal(await DeliveringAsync(message), await DeliveringAsync(whole));

        static Task<long> ReadingAsync(byte[] json) => AllocatedAsync(() => Task.FromResult(new EventReader().Read(json, trace: null)));

        Task<long> DeliveringAsync(Message message) => AllocatedAsync(() => Given.DeliverAsync(function, message));

        static byte[] EventWith(string time) =>
            Encoding.UTF8.GetBytes($$$"""{"Records":[{"messageId":"a","attributes":{{{{time}}}"ApproximateReceiveCount":"1"}}]}""");
    }

    /// <summary>In bytes, by one batch, of a function that is warm.</summary>
    private static async Task<long> AllocatedAsync(int messages)
    {
        var time = Given.Clock();
        var handler = Handler(time);
        var batch = Given.Invocation(Given.Batch([.. Enumerable.Range(0, messages).Select(index => $"{index}")]), time);

        var least = long.MaxValue;
        for (var run = 0; run < 1000; run++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await handler.HandleAsync(batch);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>In bytes, by something that is warm and waits for nothing.</summary>
    private static async Task<long> AllocatedAsync(Func<Task> run)
    {
        var least = long.MaxValue;
        for (var each = 0; each < 50; each++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await run();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static Function Handler(FakeTimeProvider time)
    {
        Endpoint[] endpoints = [Given.Endpoint(breaker: true)];
        return Given.Handler(
            endpoints,
            Accept(),
            time,
            (_, _, _) => throw new InvalidOperationException("copied"),
            (_, _, _) => throw new InvalidOperationException("postponed"),
            maxReceiveCount: 10,
            // One after the other: how much is pooled does not depend on the machine's load then.
            concurrency: 1,
            log: new JsonLog(Stream.Null, LogLevel.Info, time));
    }

    /// <summary>Like an endpoint: the answer is never there at once.</summary>
    private static Send Accept()
    {
        var turn = new Waiter();
        var timer = new LoopTimer(TestLoop.Here, turn.Signal);
        return AcceptAsync;

        [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
        async ValueTask<Delivery> AcceptAsync(Endpoint endpoint, Message message, Deadline deadline)
        {
            timer.Set(TestLoop.Here.Now);
            await turn.WaitAsync();
            return new(Outcome.Delivered, 200, Latency: TimeSpan.FromMilliseconds(1), Endpoint: endpoint);
        }
    }
}
