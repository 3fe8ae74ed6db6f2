using SqsAotLambda.Aws;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Asks SQS to hold back what failed. What it does not do comes back when the queue's own visibility timeout ends.</summary>
internal sealed class Visibility(SqsApi sqs, Log log)
{
    private const int MaxCalls = 10;

    public async Task PostponeAsync(Batch batch, IReadOnlyList<Postponement> messages, CancellationToken closing)
    {
        var calls = messages.GroupBy(each => each.Message.Queue).SelectMany(queue => queue.Chunk(SqsApi.MaxEntries)).ToList();
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = MaxCalls }, async (call, _) =>
        {
            if (closing.IsCancellationRequested) return;

            try
            {
                var refused = await sqs.ChangeVisibilityAsync(call, closing);
                if (refused > 0) log.VisibilityFailed(batch.RequestId, refused, "AmazonSQS.ChangeMessageVisibilityBatch did not confirm them.");
            }
            catch (AwsException e)
            {
                log.VisibilityFailed(batch.RequestId, call.Length, e.Message);
            }
        });
    }
}
