using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Alone, because it counts what the whole process allocates.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AllocationTestsAlone;

/// <summary>What a batch without failures allocates beside the HTTP client; in a debug build, where an async method costs more.</summary>
[Collection(typeof(AllocationTestsAlone))]
public sealed class AllocationTests
{
    private const int Messages = 10_000;

    [Fact]
    public async Task A_message_that_is_delivered_costs_less_than_2_KB_of_allocations()
    {
        var time = new FakeTime();
        var breaker = new Breaker(on: true, time);
        var delivered = Task.FromResult(new Delivery(Outcome.Delivered, 200));
        var handler = new BatchHandler(
            new Deliverer((_, _) => delivered, (_, _, _) => throw new InvalidOperationException("copied"), breaker, rate: null, maxReceiveCount: 10),
            new Concurrency(10),
            breaker,
            new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(2), TimeSpan.FromHours(2), MaxReceiveCount: 10),
            (_, _, _) => throw new InvalidOperationException("postponed"),
            time,
            () => 0.5,
            new Log(Stream.Null, LogLevel.Info, time));
        var batch = Given.Invocation(Given.Batch([.. Enumerable.Range(0, Messages).Select(index => $"{index}")]), time);
        await handler.HandleAsync(batch, CancellationToken.None);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await handler.HandleAsync(batch, CancellationToken.None);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / Messages;

        Assert.InRange(each, 0, 2048);
    }
}
