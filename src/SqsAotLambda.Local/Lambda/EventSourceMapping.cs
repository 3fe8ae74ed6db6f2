using Amazon.SQS.Model;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local.Lambda;

/// <summary>Receives messages, hands them to the function in batches, and deletes what was not reported as failed.</summary>
/// <param name="timeline">null: nobody asks when something happened.</param>
internal sealed class EventSourceMapping(
    SqsClient sqs,
    Queues queues,
    Settings settings,
    IReadOnlyList<EnvironmentSlot> slots,
    Ledger ledger,
    Measurements measurements,
    Timeline? timeline,
    Action<string> say,
    TimeProvider time)
{
    // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    private const int MaxEventBytes = 6 * 1024 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(100);

    private int batchesInFlight;
    private int batchesHandedOut;

    public int BatchesInFlight => Volatile.Read(ref batchesInFlight);

    /// <summary>Works until <paramref name="stop"/>, or until the queue or the function is beyond help.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // One poller for each environment: nothing is received while none is free.
        var pollers = slots.Select(slot => PollAsync(slot, any.Token)).ToArray();
        await Task.WhenAny(pollers);
        await any.CancelAsync();
        await Task.WhenAll(pollers);
    }

    private async Task PollAsync(EnvironmentSlot slot, CancellationToken stop)
    {
        while (true)
        {
            var messages = await GatherAsync(stop);
            if (messages.Count == 0) continue;

            Interlocked.Increment(ref batchesInFlight);
            try
            {
                await InvokeAllAsync(slot, messages, stop);
            }
            finally
            {
                Interlocked.Decrement(ref batchesInFlight);
            }
        }
    }

    /// <summary>One receive, and more of them while the batch is not full and its window is open.</summary>
    private async Task<List<BatchMessage>> GatherAsync(CancellationToken stop)
    {
        var gathered = new List<BatchMessage>();
        await ReceiveAsync(LongestWait);
        var opened = time.GetTimestamp();
        while (gathered.Count > 0
            && gathered.Count < settings.BatchSize
            && gathered.Sum(message => message.Record.Length) < MaxEventBytes
            && settings.Window - time.GetElapsedTime(opened) is { Ticks: > 0 } left)
        {
            // SQS waits whole seconds; the last part of a window is polled.
            if (await ReceiveAsync(TimeSpan.FromSeconds(Math.Floor(left.TotalSeconds))) == 0) await Task.Delay(ShortPause, time, stop);
        }
        return gathered;

        async Task<int> ReceiveAsync(TimeSpan wait)
        {
            var messages = await sqs.ReceiveAsync(queues.Url, settings.BatchSize - gathered.Count, Min(wait, LongestWait), stop);
            foreach (var message in messages) ledger.Received(message);
            gathered.AddRange(messages.Select(message => new BatchMessage(message, SqsEvent.Record(message, queues.Arn))));
            return messages.Count;
        }
    }

    private async Task InvokeAllAsync(EnvironmentSlot slot, List<BatchMessage> messages, CancellationToken stop)
    {
        foreach (var batch in Split(messages))
        {
            var failed = await InvokeAsync(slot, batch, stop);
            // What follows may belong to the group of a failed message; it comes back in order.
            if (settings.Fifo && failed > 0) return;
        }
    }

    /// <summary>Batches that fit into an event; nearly always there is one.</summary>
    private static IEnumerable<List<BatchMessage>> Split(List<BatchMessage> messages)
    {
        var batch = new List<BatchMessage>();
        var bytes = 0;
        foreach (var message in messages)
        {
            if (batch.Count > 0 && bytes + message.Record.Length > MaxEventBytes)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
            batch.Add(message);
            bytes += message.Record.Length;
        }
        yield return batch;
    }

    /// <returns>How many messages failed. They come back when their visibility timeout ends, or when the function has said.</returns>
    private async Task<int> InvokeAsync(EnvironmentSlot slot, List<BatchMessage> batch, CancellationToken stop)
    {
        var failed = await HandOutAsync(slot, batch, stop);
        await DeleteAsync(batch, message => !failed.Contains(message.MessageId), stop);
        if (settings.Duplicates is not { } every || Interlocked.Increment(ref batchesHandedOut) % every != 0) return failed.Count;

        // As if one of SQS's servers had missed the deletion; what failed has another chance.
        measurements.Repeated();
        ledger.HandedOutAgain(batch.Select(message => message.Message).Where(message => !failed.Contains(message.MessageId)));
        var failedAgain = await HandOutAsync(slot, batch, stop);
        await DeleteAsync(batch, message => failed.Contains(message.MessageId) && !failedAgain.Contains(message.MessageId), stop);
        return failed.Count(failedAgain.Contains);
    }

    /// <returns>Ids of the messages that failed.</returns>
    private async Task<IReadOnlySet<string>> HandOutAsync(EnvironmentSlot slot, List<BatchMessage> batch, CancellationToken stop)
    {
        string[] ids = [.. batch.Select(message => message.Message.MessageId)];
        timeline?.HandedOut(slot.Number, ids);
        var result = await slot.InvokeAsync(SqsEvent.Of([.. batch.Select(message => message.Record)]), stop);
        var answer = result.Error is { } error
            ? BatchAnswer.CompleteFailure(ids, error.ToString())
            : BatchAnswer.Parse(result.Answer, ids);
        if (answer.Fault is { } fault)
        {
            measurements.Failed(result.Error);
            var expected = settings.KillEvery is not null && result.Error is { Type: FunctionError.Exited };
            if (!expected) say($"A batch of {ids.Length} failed as a whole: {fault}");
        }
        timeline?.Fail(slot.Number, answer.Failed);
        return answer.Failed;
    }

    private async Task DeleteAsync(List<BatchMessage> batch, Func<Message, bool> isDone, CancellationToken stop)
    {
        var done = batch.Select(message => message.Message).Where(isDone).ToArray();
        var unconfirmed = await sqs.DeleteAsync(queues.Url, done, stop);
        ledger.Deleted(done, unconfirmed);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private readonly record struct BatchMessage(Message Message, byte[] Record);
}
