namespace SqsAotLambda.Sqs;

/// <summary>
/// The answer that names what was not delivered:
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
