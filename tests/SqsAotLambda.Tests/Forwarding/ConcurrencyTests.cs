using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class ConcurrencyTests
{
    private static readonly Delivery Delivered = new(Outcome.Delivered, 200);
    private static readonly Delivery Throttled = new(Outcome.Throttled, 429);

    [Fact]
    public void It_halves_once_a_batch_never_below_one_and_grows_back_by_one()
    {
        var concurrency = new Concurrency(10);
        var endpoint = new Endpoint(Given.Endpoint().Route, new Breaker(on: false, TimeProvider.System), concurrency);
        var seen = new List<int>();
        foreach (var batch in new Delivery[][] { [Throttled, Throttled, Delivered], [Throttled], [Throttled], [Throttled], [Delivered], [Delivered] })
        {
            endpoint.Record([.. batch.Select(delivery => delivery with { Endpoint = endpoint })]);
            seen.Add(concurrency.Now);
        }

        Assert.Equal([5, 2, 1, 1, 2, 3], seen);
    }

    [Fact]
    public void It_never_passes_its_limit()
    {
        var concurrency = new Concurrency(3);
        var endpoint = new Endpoint(Given.Endpoint().Route, new Breaker(on: false, TimeProvider.System), concurrency);

        endpoint.Record([Delivered with { Endpoint = endpoint }]);

        Assert.Equal(3, concurrency.Now);
    }

    [Fact]
    public void A_success_that_says_the_quota_is_spent_slows_the_next_requests()
    {
        var concurrency = new Concurrency(10);
        var endpoint = new Endpoint(Given.Endpoint().Route, new Breaker(on: false, TimeProvider.System), concurrency);

        endpoint.Record([Delivered with { QuotaSpent = true, Endpoint = endpoint }]);

        Assert.Equal(5, concurrency.Now);
    }

    [Fact]
    public void A_batch_without_a_delivery_gives_nothing_back()
    {
        var concurrency = new Concurrency(10);
        var endpoint = new Endpoint(Given.Endpoint().Route, new Breaker(on: false, TimeProvider.System), concurrency);
        var other = Given.Endpoint();
        endpoint.Record([Throttled with { Endpoint = endpoint }]);

        endpoint.Record([new(Outcome.NotAttempted, Hold: Hold.Breaker, Endpoint: endpoint)]);
        endpoint.Record([new(Outcome.Unavailable, 503, Endpoint: endpoint), new(Outcome.Rejected, 400, Endpoint: endpoint)]);
        endpoint.Record([Delivered with { Endpoint = other }]);

        Assert.Equal(5, concurrency.Now);
    }

    [Fact]
    public void Another_endpoints_throttling_slows_nothing()
    {
        var concurrency = new Concurrency(10);
        var endpoint = new Endpoint(Given.Endpoint().Route, new Breaker(on: false, TimeProvider.System), concurrency);

        endpoint.Record([Throttled with { Endpoint = Given.Endpoint() }]);

        Assert.Equal(10, concurrency.Now);
    }
}
