using SqsAotLambda.Aws;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Asks SQS to hold back what failed. What it does not do comes back when the queue's own visibility timeout ends.</summary>
internal sealed class Visibility(SqsApi sqs, JsonLog log)
{
    /// <summary>Why a call was not begun.</summary>
    public const string NoTime = "The invocation has no time left for them.";

    private const int MaxCalls = 10;

    public async Task PostponeAsync(Batch batch, IReadOnlyList<Postponement> messages, Closing closing)
    {
        var calls = messages.GroupBy(each => each.Message.Queue).SelectMany(queue => queue.Chunk(SqsApi.MaxEntries)).ToList();
        var failed = new Dictionary<string, int>();
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(MaxCalls, calls.Count)).Select(_ => WorkAsync()));
        foreach (var (why, count) in failed) closing.Tell(() => log.VisibilityFailed(batch.RequestId, count, why));

        async Task WorkAsync()
        {
            while (next < calls.Count)
            {
                if (await FaultOfAsync(calls[next++], closing) is var (count, why) && count > 0)
                    failed[why] = failed.GetValueOrDefault(why) + count;
            }
        }
    }

    /// <summary>How many of the messages SQS does not hold back, and why.</summary>
    private async Task<(int Messages, string Why)> FaultOfAsync(Postponement[] call, Closing closing)
    {
        if (!closing.HasTimeFor(ClosingWork.VisibilityCall)) return (call.Length, NoTime);

        var start = closing.Begin();
        try
        {
            return (await sqs.ChangeVisibilityAsync(call, closing.Deadline), "AmazonSQS.ChangeMessageVisibilityBatch did not confirm them.");
        }
        catch (AwsException e)
        {
            return (call.Length, e.Message);
        }
        finally
        {
            closing.End(ClosingWork.VisibilityCall, start);
        }
    }
}
