namespace SqsAotLambda.Sqs;

/// <summary>
/// Splits a batch into lanes: what is delivered one after the other, up to the first failure. On a FIFO queue
/// a lane is a message group (no group id counts as one group); on a standard queue each message is its own.
/// </summary>
internal static class Lanes
{
    public static List<Lane> Of(IReadOnlyList<Message> batch)
    {
        var lanes = new List<Lane>(batch.Count);
        var groups = new Dictionary<(Queue, string?), List<Message>>();
        foreach (var message in batch)
        {
            var group = (message.Queue, message.GroupId);
            if (!message.Queue.IsFifo) lanes.Add(new(message, []));
            else if (groups.TryGetValue(group, out var behind)) behind.Add(message);
            else lanes.Add(new(message, groups[group] = []));
        }

        return lanes;
    }
}

/// <summary>Messages to be delivered one after the other. A lane of one costs no object of its own.</summary>
internal readonly record struct Lane(Message First, IReadOnlyList<Message> Behind)
{
    public int Count => 1 + Behind.Count;

    public Message this[int index] => index == 0 ? First : Behind[index - 1];

    public IEnumerable<Message> Messages => Behind.Prepend(First);
}
