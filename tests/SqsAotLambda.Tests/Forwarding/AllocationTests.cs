using SqsAotLambda.Forwarding;
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

    [Fact]
    public async Task A_delivered_message_allocates_no_more_than_before_there_was_back_off() =>
        Assert.InRange((await AllocatedAsync(messages: 2_000) - await AllocatedAsync(messages: 1_000)) / 1_000, 1, EarlierMessage);

    [Fact]
    public async Task A_batch_allocates_no_more_than_before_there_was_back_off() =>
        Assert.InRange(await AllocatedAsync(messages: 10), 1, EarlierBatchOfTen);

    /// <summary>In bytes, by one batch, of a function that is warm.</summary>
    private static async Task<long> AllocatedAsync(int messages)
    {
        var time = new FakeTime();
        Endpoint[] endpoints = [Given.Endpoint(new Breaker(on: true, time))];
        var handler = Given.Handler(
            endpoints,
            AcceptAsync,
            time,
            (_, _, _) => throw new InvalidOperationException("copied"),
            (_, _, _) => throw new InvalidOperationException("postponed"),
            maxReceiveCount: 10,
            // One after the other: how much is pooled does not depend on the machine's load then.
            concurrency: 1,
            log: new Log(Stream.Null, LogLevel.Info, time));
        var batch = Given.Invocation(Given.Batch([.. Enumerable.Range(0, messages).Select(index => $"{index}")]), time);

        var least = long.MaxValue;
        for (var run = 0; run < 50; run++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await handler.HandleAsync(batch, CancellationToken.None);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>Like an endpoint: the answer is never there at once.</summary>
    private static async Task<Delivery> AcceptAsync(Endpoint endpoint, Message message, CancellationToken deadline)
    {
        await Task.Yield();
        return new(Outcome.Delivered, 200, Latency: TimeSpan.FromMilliseconds(1), Endpoint: endpoint);
    }
}
