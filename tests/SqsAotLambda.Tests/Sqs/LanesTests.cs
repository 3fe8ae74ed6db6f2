using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Sqs;

public sealed class LanesTests
{
    [Fact]
    public void On_a_standard_queue_each_message_is_a_lane()
    {
        var batch = Given.Batch("a", "b", "c");

        Assert.Equal(["a", "b", "c"], LanesOf(batch));
    }

    [Fact]
    public void A_group_id_on_a_standard_queue_makes_no_lane()
    {
        var batch = Given.Batch("a", "b").Select(message => message with { GroupId = "same" });

        Assert.Equal(["a", "b"], LanesOf(batch));
    }

    [Fact]
    public void On_a_FIFO_queue_each_group_is_a_lane_in_order()
    {
        var batch = Given.FifoBatch("a:1", "b:1", "a:2", "c:1", "b:2", "a:3");

        Assert.Equal(["a:1 a:2 a:3", "b:1 b:2", "c:1"], LanesOf(batch));
    }

    [Fact]
    public void FIFO_messages_without_a_group_id_are_one_lane()
    {
        var batch = Given.FifoBatch("a", "b", "c").Select(message => message with { GroupId = null });

        Assert.Equal(["a b c"], LanesOf(batch));
    }

    [Fact]
    public void Groups_of_one_name_on_two_queues_are_two_lanes()
    {
        var batch = Given.FifoBatch("a:1", "a:2");
        batch[1] = batch[1] with { Queue = new("arn:aws:sqs:us-east-1:123456789012:other.fifo") };

        Assert.Equal(["a:1", "a:2"], LanesOf(batch));
    }

    [Theory]
    [InlineData("arn:aws:sqs:us-east-1:1:q.fifo", true)]
    [InlineData("arn:aws:sqs:us-east-1:1:q", false)]
    [InlineData("arn:aws:sqs:us-east-1:1:q.fifo.old", false)]
    [InlineData("arn:aws:sqs:us-east-1:1:q.FIFO", false)]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:q.fifo", true)]
    [InlineData("nonsense.fifo", true)]
    [InlineData("", false)]
    public void The_suffix_of_the_ARN_alone_makes_a_queue_FIFO(string arn, bool fifo) => Assert.Equal(fifo, new Queue(arn).IsFifo);

    private static IEnumerable<string> LanesOf(IEnumerable<Message> batch) =>
        Lanes.Of([.. batch]).Select(lane => string.Join(' ', lane.Messages.Select(message => message.Id)));
}
