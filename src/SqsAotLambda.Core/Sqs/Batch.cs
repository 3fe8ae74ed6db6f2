namespace SqsAotLambda.Sqs;

/// <summary>The messages of one invocation.</summary>
/// <param name="Deadline">From when on no request starts.</param>
/// <param name="End">When Lambda ends the invocation.</param>
internal sealed record Batch(string RequestId, DateTimeOffset Deadline, DateTimeOffset End, IReadOnlyList<Message> Messages);

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

/// <summary>
/// Stage 9 of the path of a message: the answer that names what was not delivered:
/// <see href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">partial batch responses</see>.
/// </summary>
internal static class BatchResponse
{
    private static ReadOnlySpan<byte> Start => "{\"batchItemFailures\":["u8;

    private static ReadOnlySpan<byte> BeforeId => "{\"itemIdentifier\":\""u8;

    private static ReadOnlySpan<byte> BehindId => "\"},"u8;

    private static ReadOnlySpan<byte> End => "]}"u8;

    public static ReadOnlyMemory<byte> ToJson(IEnumerable<Message> failed)
    {
        var messages = failed as IReadOnlyCollection<Message> ?? [.. failed];
        var most = Start.Length + End.Length;
        foreach (var message in messages) most += BeforeId.Length + JsonString.LengthOf(message.Id) + BehindId.Length;

        var json = new byte[most];
        var length = Write(Start, json);
        foreach (var message in messages)
        {
            length += Write(BeforeId, json.AsSpan(length));
            length += JsonString.Write(message.Id, json.AsSpan(length));
            length += Write(BehindId, json.AsSpan(length));
        }

        // No comma behind the last.
        if (messages.Count > 0) length--;
        return json.AsMemory(0, length + Write(End, json.AsSpan(length)));
    }

    private static int Write(ReadOnlySpan<byte> text, Span<byte> json)
    {
        text.CopyTo(json);
        return text.Length;
    }
}
