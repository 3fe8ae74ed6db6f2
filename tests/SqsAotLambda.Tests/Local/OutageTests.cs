using SqsAotLambda.Local;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Local;

public sealed class OutageTests
{
    [Fact]
    public void It_begins_with_the_first_request_and_lasts_as_long_as_it_was_told_to()
    {
        var time = Given.Clock();
        var outage = new Outage(TimeSpan.FromSeconds(30), time);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(outage.IsOn());

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.True(outage.IsOn());

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(outage.IsOn());
    }
}
