using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What an endpoint knows of the origins that its messages name.</summary>
public sealed class EndpointTests
{
    private const int MaxOrigins = 1000;

    private readonly Endpoint endpoint = Given.Endpoint(breaker: true);

    [Fact]
    public void Each_origin_has_a_breaker_of_its_own_and_keeps_it()
    {
        var (one, other) = (endpoint.At(Origin(1)), endpoint.At(Origin(2)));

        Assert.NotSame(one.Breaker, endpoint.Breaker);
        Assert.NotSame(one.Breaker, other.Breaker);
        Assert.Same(one, endpoint.At(Origin(1)));
        Assert.Same(endpoint.Secrets, one.Secrets);
        Assert.Same(endpoint.Pace, one.Pace);
    }

    [Fact]
    public void Beyond_a_thousand_origins_with_something_to_remember_those_that_come_share_the_breaker_of_the_route()
    {
        for (var origin = 0; origin < MaxOrigins; origin++)
        {
            var apart = endpoint.At(Origin(origin));
            Assert.NotSame(endpoint, apart);
            apart.Breaker.Record(Admission.Yes, new(Outcome.Unavailable));
        }

        Assert.Same(endpoint, endpoint.At(Origin(MaxOrigins)));
    }

    [Fact]
    public void Origins_at_rest_give_way_to_others_and_what_is_remembered_stays()
    {
        var troubled = endpoint.At(Origin(0));
        troubled.Breaker.Record(Admission.Yes, new(Outcome.Unavailable));

        for (var origin = 1; origin < 2 * MaxOrigins; origin++) Assert.NotSame(endpoint, endpoint.At(Origin(origin)));

        Assert.Same(troubled, endpoint.At(Origin(0)));
    }

    private static Origin Origin(int number) => SqsAotLambda.Http.Origin.Of(new($"https://h{number}.example/"));
}
