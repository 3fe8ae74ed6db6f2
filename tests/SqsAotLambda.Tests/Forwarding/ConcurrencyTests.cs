using SqsAotLambda.Forwarding;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class ConcurrencyTests
{
    private static readonly Delivery Delivered = new(Outcome.Delivered, 200);
    private static readonly Delivery Throttled = new(Outcome.Throttled, 429);

    [Fact]
    public void It_halves_once_a_batch_never_below_one_and_grows_back_by_one()
    {
        var concurrency = new Concurrency(10);
        var seen = new List<int>();
        foreach (var batch in new Delivery[][] { [Throttled, Throttled, Delivered], [Throttled], [Throttled], [Throttled], [Delivered], [Delivered] })
        {
            concurrency.Record(batch);
            seen.Add(concurrency.Now);
        }

        Assert.Equal([5, 2, 1, 1, 2, 3], seen);
    }

    [Fact]
    public void It_never_passes_its_limit()
    {
        var concurrency = new Concurrency(3);

        concurrency.Record([Delivered]);

        Assert.Equal(3, concurrency.Now);
    }

    [Fact]
    public void A_success_that_says_the_quota_is_spent_slows_the_next_requests()
    {
        var concurrency = new Concurrency(10);

        concurrency.Record([Delivered with { QuotaSpent = true }]);

        Assert.Equal(5, concurrency.Now);
    }
}
