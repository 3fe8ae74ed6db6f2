using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Local;

/// <summary>The troubles of the built-in endpoint that begin with the first request.</summary>
public sealed class OutageTests
{
    [Fact]
    public void It_begins_with_the_first_request_and_lasts_as_long_as_it_was_told_to()
    {
        var time = Given.Clock();
        var outage = new Outage(TimeSpan.FromSeconds(30), time);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Behaviour.Down, outage.Meet());

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(Behaviour.Down, outage.Meet());

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(outage.Meet());
    }

    [Fact]
    public void A_wall_refuses_everything_from_the_first_request_on_and_then_nothing()
    {
        var time = Given.Clock();
        var wall = new Wall(TimeSpan.FromSeconds(30), time);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Behaviour.Walled, wall.Meet());

        time.Advance(TimeSpan.FromMilliseconds(29_999));
        Assert.Equal(Behaviour.Walled, wall.Meet());

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(wall.Meet());
    }
}
