using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// Deals lanes in rounds, in each one of every message group, so that no group waits behind another one's backlog:
/// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html">fair queues</see>. A message
/// without a group is one of its own.
/// </summary>
internal static class Rounds
{
    /// <param name="isLast">Goes first in its group, and in its round: it has no other chance.</param>
    public static List<Lane> Of(List<Lane> lanes, Func<Message, bool> isLast)
    {
        if (!lanes.Exists(lane => lane.First.GroupId is not null || isLast(lane.First))) return lanes;

        var dealt = new Dictionary<(Queue, string), int>();
        var inGroups = lanes.OrderByDescending(lane => isLast(lane.First)).Select(lane => (Lane: lane, Round: RoundOf(lane.First))).ToList();
        return [.. inGroups.OrderBy(each => each.Round).Select(each => each.Lane)];

        int RoundOf(Message message)
        {
            if (message.GroupId is not { } group) return 0;

            var round = dealt.GetValueOrDefault((message.Queue, group));
            dealt[(message.Queue, group)] = round + 1;
            return round;
        }
    }
}
