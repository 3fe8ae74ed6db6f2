using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>A batch whose groups are limited ends, whatever its lanes wait for; in the simulated network.</summary>
public sealed class GroupLimitTests : IDisposable
{
    private readonly SimulatedWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(20)]
    [InlineData(10_000)]
    public void Messages_that_wait_for_their_group_come_back_at_the_deadline(int count)
    {
        AnswerIn(1_000);
        var function = world.Compose(["slow.example"], ("FORWARD_GROUP_CONCURRENCY", "1"));

        var (failed, took) = world.Handle(function, 6_000, InGroup("slow.example", count));

        Assert.InRange(count - failed.Length, 3, 4);
        Assert.InRange(took, 4_000, 5_500);
    }

    [Fact]
    public void A_group_that_waits_at_one_endpoint_for_another_comes_back_at_the_deadline()
    {
        AnswerIn(1_000);
        world.Serve("other.example");
        var function = world.Compose(["slow.example", "other.example"], ("FORWARD_GROUP_CONCURRENCY", "1"));

        var (failed, took) = world.Handle(function, 6_000, InGroup("slow.example", 20).Concat(InGroup("other.example", 20)));

        Assert.InRange(40 - failed.Length, 3, 24);
        Assert.InRange(took, 4_000, 5_500);
    }

    [Fact]
    public void A_place_that_falls_free_goes_to_one_that_waits_and_only_then_to_the_next_that_comes()
    {
        var (limit, ready) = (new GroupLimit(most: 2), 0);
        var lane = new Lane(Given.Message() with { GroupId = "noisy" }, []);
        Assert.Equal([true, true, false], [TryEnter(), TryEnter(), TryEnter()]);

        limit.Leave(lane);
        Assert.Equal((1, false), (ready, TryEnter()));
        limit.Leave(lane);
        limit.Leave(lane);

        Assert.Equal((2, true, false), (ready, TryEnter(), TryEnter()));

        bool TryEnter() => limit.TryEnter(lane, () => ready++);
    }

    private static IEnumerable<Message> InGroup(string host, int count) =>
        Enumerable.Range(0, count).Select(index => To(host, $"{host} {index}") with { GroupId = "noisy" });

    private void AnswerIn(int milliseconds) =>
        world.Script("slow.example", (peer, _) => world.Network.After(milliseconds, () => Accept(peer)));
}
