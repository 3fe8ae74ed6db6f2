using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class GroupLimitTests
{
    private readonly GroupLimit limit = new(most: 2);
    private int ready;

    [Fact]
    public void A_place_that_falls_free_goes_to_one_that_waits_and_only_then_to_the_next_that_comes()
    {
        Assert.Equal([true, true, false], [TryEnter(), TryEnter(), TryEnter()]);

        limit.Leave(Lane);
        Assert.Equal((1, false), (ready, TryEnter()));
        limit.Leave(Lane);
        limit.Leave(Lane);

        Assert.Equal((2, true, false), (ready, TryEnter(), TryEnter()));
    }

    private static Lane Lane => new(Given.Message() with { GroupId = "noisy" }, []);

    private bool TryEnter() => limit.TryEnter(Lane, () => ready++);
}
