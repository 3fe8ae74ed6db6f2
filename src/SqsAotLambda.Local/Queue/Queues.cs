using System.Globalization;
using System.Text.Json;
using Amazon.SQS.Model;

namespace SqsAotLambda.Local.Queue;

/// <summary>The queue under work and the dead-letter queue behind it, created for this run.</summary>
internal sealed record Queues(string Url, string Arn, string DeadLetterUrl)
{
    /// <summary>A single empty receive is no proof: SQS may ask only some of its servers.</summary>
    private const int EmptyReceivesToEnd = 3;

    /// <summary>A look at the dead letters shows a hundred of them at most.</summary>
    private const int ReceivesInALook = 10;

    /// <summary>Long enough that one look does not see a message twice; others wait that long for it.</summary>
    private static readonly TimeSpan LookVisibility = TimeSpan.FromSeconds(1);

    /// <param name="suffix">Keeps this run's queues apart from others on the same server.</param>
    public static async Task<Queues> CreateAsync(SqsClient sqs, Settings settings, string suffix, CancellationToken stop)
    {
        var ending = settings.Fifo ? ".fifo" : "";
        var deadLetterUrl = await sqs.CreateQueueAsync($"messages{suffix}-dead{ending}", Attributes(), stop);
        var deadLetterArn = await sqs.GetArnAsync(deadLetterUrl, stop);

        var attributes = Attributes();
        attributes["VisibilityTimeout"] = settings.VisibilityTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        attributes["RedrivePolicy"] = JsonSerializer.Serialize(
            new { deadLetterTargetArn = deadLetterArn, maxReceiveCount = settings.MaxReceiveCount });
        var url = await sqs.CreateQueueAsync($"messages{suffix}{ending}", attributes, stop);
        return new Queues(url, await sqs.GetArnAsync(url, stop), deadLetterUrl);

        Dictionary<string, string> Attributes() => settings.Fifo ? new() { ["FifoQueue"] = "true" } : [];
    }

    /// <summary>Takes every message out of the dead-letter queue.</summary>
    public async Task<IReadOnlyList<Message>> DrainDeadLettersAsync(SqsClient sqs, CancellationToken stop)
    {
        var all = new List<Message>();
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

    /// <summary>The first messages of the dead-letter queue; they stay there.</summary>
    public async Task<IReadOnlyList<Message>> PeekDeadLettersAsync(SqsClient sqs, CancellationToken stop)
    {
        var all = new List<Message>();
        for (var receives = 0; receives < ReceivesInALook; receives++)
        {
            var messages = await sqs.ReceiveAsync(DeadLetterUrl, SqsClient.BatchLimit, TimeSpan.Zero, stop, LookVisibility);
            if (messages.Count == 0) break;

            all.AddRange(messages);
        }
        return all;
    }

    public async Task DeleteAsync(SqsClient sqs, CancellationToken stop)
    {
        await sqs.DeleteQueueAsync(Url, stop);
        await sqs.DeleteQueueAsync(DeadLetterUrl, stop);
    }
}
