namespace SqsAotLambda.Local.Queue;

// Requests and answers of the SQS JSON protocol, as far as the runner needs them; names as on the wire.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html

/// <summary>A message as ReceiveMessage returns it.</summary>
internal sealed record SqsMessage(
    string MessageId,
    string ReceiptHandle,
    string Body,
    string? MD5OfBody,
    string? MD5OfMessageAttributes,
    IReadOnlyDictionary<string, string>? Attributes,
    IReadOnlyDictionary<string, SqsAttribute>? MessageAttributes)
{
    public int ReceiveCount => int.Parse(Attributes?["ApproximateReceiveCount"] ?? "1", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A message attribute; a binary value is base64.</summary>
internal sealed record SqsAttribute(string DataType, string? StringValue = null, string? BinaryValue = null);

/// <summary>One message of a SendMessageBatch call.</summary>
internal sealed record SendEntry(
    string Id,
    string MessageBody,
    IReadOnlyDictionary<string, SqsAttribute>? MessageAttributes,
    string? MessageGroupId,
    string? MessageDeduplicationId);

/// <summary>One message of a DeleteMessageBatch call.</summary>
internal sealed record DeleteEntry(string Id, string ReceiptHandle);

/// <summary>What a batch call did with each of its entries.</summary>
internal sealed record BatchOutcome(IReadOnlyList<BatchOutcome.Entry>? Successful, IReadOnlyList<BatchOutcome.Entry>? Failed)
{
    /// <summary>The code and message tell why an entry failed.</summary>
    internal sealed record Entry(string Id, string? Code, string? Message);
}

/// <summary>How many messages a queue holds, by state.</summary>
internal readonly record struct Depth(int Visible, int InFlight, int Delayed)
{
    public int Total => Visible + InFlight + Delayed;
}
