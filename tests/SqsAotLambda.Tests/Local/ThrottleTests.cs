using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Local;

/// <summary>The built-in endpoint throttles as nginx does.</summary>
public sealed class ThrottleTests
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider time = Given.Clock();

    [Fact]
    public void It_takes_one_request_and_a_burst_of_three_at_once()
    {
        var throttle = new Throttle(new(Rate: 50, Status: 429), time);

        Assert.Equal([null, null, null, null, Behaviour.Throttled], Enumerable.Range(0, 5).Select(_ => throttle.Meet()));
    }

    [Fact]
    public void It_then_takes_one_request_each_fiftieth_of_a_second_and_what_it_refused_costs_nothing()
    {
        var throttle = Spent(status: 429);

        for (var turn = 0; turn < 10; turn++)
        {
            time.Advance(Turn);
            Assert.Null(throttle.Meet());
            Assert.Equal(Behaviour.Throttled, throttle.Meet());
            Assert.Equal(Behaviour.Throttled, throttle.Meet());
        }
    }

    [Fact]
    public void A_long_rest_earns_no_more_than_the_burst()
    {
        var throttle = Spent(status: 429);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(4, Enumerable.Range(0, 50).Count(_ => throttle.Meet() is null));
    }

    [Fact]
    public void It_refuses_by_503_where_it_was_told_to() => Assert.Equal(Behaviour.Overloaded, Spent(status: 503).Meet());

    private Throttle Spent(int status)
    {
        var throttle = new Throttle(new(Rate: 50, status), time);
        for (var request = 0; request < 4; request++) Assert.Null(throttle.Meet());
        return throttle;
    }
}
