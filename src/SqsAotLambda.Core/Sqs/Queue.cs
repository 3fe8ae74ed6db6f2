namespace SqsAotLambda.Sqs;

/// <summary>
/// The queue a message came from, as its ARN names it: <c>arn:PARTITION:sqs:REGION:ACCOUNT:NAME</c>. Where the text is no such ARN, the queue
/// is unknown: it has no name, and no call of SQS is about it.
/// </summary>
internal sealed record Queue
{
    /// <summary>
    /// In characters, <c>.fifo</c> included: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html.
    /// </summary>
    private const int MaxName = 80;

    private const string FifoSuffix = ".fifo";

    private readonly ResourceName? known;

    /// <param name="arn">As the event has it; empty when it names no queue.</param>
    public Queue(string arn) =>
        (Arn, known) = (arn, ResourceName.TryParse(arn) is { Service: "sqs" } name && IsName(name.Resource) ? name : null);

    public string Arn { get; }

    public bool IsKnown => known is not null;

    /// <summary>Empty when the queue is unknown, as what follows is.</summary>
    public string Name => known?.Resource ?? "";

    public string Partition => known?.Partition ?? "";

    public string Region => known?.Region ?? "";

    public string Account => known?.Account ?? "";

    /// <summary>
    /// The suffix alone tells, so that a queue that is unknown for another reason keeps its order:
    /// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"/>.
    /// </summary>
    public bool IsFifo => Arn.EndsWith(FifoSuffix, StringComparison.Ordinal);

    private static bool IsName(string text)
    {
        var name = text.EndsWith(FifoSuffix, StringComparison.Ordinal) ? text.AsSpan(0, text.Length - FifoSuffix.Length) : text;
        return text.Length <= MaxName && ResourceName.IsMadeOf(name, "-_");
    }
}
