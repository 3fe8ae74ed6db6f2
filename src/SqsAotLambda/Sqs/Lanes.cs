namespace SqsAotLambda.Sqs;

/// <summary>
/// Splits a batch into lanes: what is delivered one after the other, up to the first failure. On a FIFO queue
/// a lane is a message group (no group id counts as one group); on a standard queue each message is its own.
/// </summary>
internal static class Lanes
{
    public static List<List<Message>> Of(IReadOnlyList<Message> batch)
    {
        var lanes = new List<List<Message>>(batch.Count);
        var groups = new Dictionary<(Queue, string?), List<Message>>();
        foreach (var message in batch)
        {
            if (message.Queue.IsFifo && groups.TryGetValue((message.Queue, message.GroupId), out var lane))
            {
                lane.Add(message);
                continue;
            }

            lane = [message];
            lanes.Add(lane);
            if (message.Queue.IsFifo) groups.Add((message.Queue, message.GroupId), lane);
        }

        return lanes;
    }
}
