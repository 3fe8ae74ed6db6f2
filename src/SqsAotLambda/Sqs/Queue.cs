namespace SqsAotLambda.Sqs;

/// <summary>The queue a message came from, as its ARN names it: <c>arn:PARTITION:sqs:REGION:ACCOUNT:NAME</c>.</summary>
/// <param name="Arn">Empty when the event names no queue.</param>
internal sealed record Queue(string Arn)
{
    public string Name { get; } = Arn[(Arn.LastIndexOf(':') + 1)..];

    public string Partition => Part(1);

    public string Region => Part(3);

    public string Account => Part(4);

    /// <summary>The ARN tells enough to call SQS.</summary>
    public bool IsKnown => Account.Length > 0;

    /// <summary>
    /// The suffix alone tells:
    /// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"/>.
    /// </summary>
    public bool IsFifo => Arn.EndsWith(".fifo", StringComparison.Ordinal);

    private string Part(int index) => Arn.Split(':') is { Length: 6 } parts ? parts[index] : "";
}
