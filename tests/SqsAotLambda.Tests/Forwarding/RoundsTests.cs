using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Messages are written as their group, their name, and <c>!</c> on their last receive.</summary>
public sealed class RoundsTests
{
    [Theory]
    [InlineData("a1 a2 a3 b1 b2 c1", "a1 b1 c1 a2 b2 a3")]
    [InlineData("a1 a2 b1! b2", "b1! a1 a2 b2")]
    [InlineData("a1 a2 a3! b1 b2", "a3! b1 a1 b2 a2")]
    [InlineData("a1! a2! a3! q1", "a1! q1 a2! a3!")]
    [InlineData("-1 -2 a1 a2 -3", "-1 -2 a1 -3 a2")]
    [InlineData("-1 -2! -3", "-2! -1 -3")]
    [InlineData("-1 -2 -3", "-1 -2 -3")]
    public void Each_round_has_one_of_each_group_and_last_receives_go_first_in_their_group_and_round(string batch, string order) =>
        Assert.Equal(order.Split(' '), Dealt([.. batch.Split(' ').Select(Of)]));

    [Fact]
    public void A_quiet_tenant_is_among_the_first_two_of_201_also_when_all_others_are_on_their_last_receive()
    {
        List<Message> batch = [.. Enumerable.Range(0, 200).Select(index => Of($"n{index}!")), Of("quiet")];

        Assert.Equal(1, Dealt(batch).IndexOf("quiet"));
    }

    [Fact]
    public void Groups_of_one_name_on_two_queues_are_two() =>
        Assert.Equal(["a1", "a3", "a2"], Dealt([Of("a1"), Of("a2"), Of("a3") with { Queue = new("arn:aws:sqs:eu-west-1:123456789012:other") }]));

    private static Message Of(string text, int position = 0) => Given.Message(text, position: position) with
    {
        GroupId = text[0] == '-' ? null : text[..1],
        ReceiveCount = text.EndsWith('!') ? 5 : 1,
    };

    private static List<string> Dealt(List<Message> batch) =>
        [.. Rounds.Of(Lanes.Of(batch), message => message.ReceiveCount >= 5).Select(lane => lane.First.Id)];
}
