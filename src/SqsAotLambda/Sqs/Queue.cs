namespace SqsAotLambda.Sqs;

/// <summary>The queue a message came from, as its ARN names it.</summary>
/// <param name="Arn">Empty when the event names no queue.</param>
internal sealed record Queue(string Arn)
{
    public string Name { get; } = Arn[(Arn.LastIndexOf(':') + 1)..];

    /// <summary>
    /// The suffix alone tells:
    /// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"/>.
    /// </summary>
    public bool IsFifo => Arn.EndsWith(".fifo", StringComparison.Ordinal);
}
