using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Local.Queue;

/// <summary>The queue under work and the dead-letter queue behind it, created for this run.</summary>
internal sealed record Queues(string Url, string Arn, string DeadLetterUrl)
{
    /// <summary>A single empty receive is no proof: SQS may ask only some of its servers.</summary>
    private const int EmptyReceivesToEnd = 3;

    /// <param name="suffix">Keeps this run's queues apart from others on the same server.</param>
    public static async Task<Queues> CreateAsync(SqsClient sqs, Settings settings, string suffix, CancellationToken stop)
    {
        var ending = settings.Fifo ? ".fifo" : "";
        var deadLetterUrl = await sqs.CreateQueueAsync($"messages{suffix}-dead{ending}", Attributes(), stop);
        var deadLetterArn = (await sqs.GetAttributesAsync(deadLetterUrl, stop))["QueueArn"];

        var attributes = Attributes();
        attributes["VisibilityTimeout"] = settings.VisibilityTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        attributes["RedrivePolicy"] = JsonSerializer.Serialize(
            new { deadLetterTargetArn = deadLetterArn, maxReceiveCount = settings.MaxReceiveCount });
        var url = await sqs.CreateQueueAsync($"messages{suffix}{ending}", attributes, stop);
        return new Queues(url, (await sqs.GetAttributesAsync(url, stop))["QueueArn"], deadLetterUrl);

        Dictionary<string, string> Attributes() => settings.Fifo ? new() { ["FifoQueue"] = "true" } : [];
    }

    /// <summary>Takes every message out of the dead-letter queue.</summary>
    public async Task<IReadOnlyList<SqsMessage>> DrainDeadLettersAsync(SqsClient sqs, CancellationToken stop)
    {
        var all = new List<SqsMessage>();
        for (var empty = 0; empty < EmptyReceivesToEnd;)
        {
            var messages = await sqs.ReceiveAsync(DeadLetterUrl, SqsClient.BatchLimit, TimeSpan.Zero, stop);
            // Deleted at once: a FIFO group shows its next message only then.
            await sqs.DeleteAsync(DeadLetterUrl, messages, stop);
            all.AddRange(messages);
            empty = messages.Count == 0 ? empty + 1 : 0;
        }
        return [.. all.DistinctBy(message => message.MessageId)];
    }

    public async Task DeleteAsync(SqsClient sqs, CancellationToken stop)
    {
        await sqs.DeleteQueueAsync(Url, stop);
        await sqs.DeleteQueueAsync(DeadLetterUrl, stop);
    }
}
