using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local;

/// <summary>The command <c>run</c>: sends the samples, works until all are settled, and accounts for every one.</summary>
internal sealed class Run(Settings settings, Screen screen, TimeProvider time)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Counts are approximate by SQS's own words, so nothing left must be seen more than once.</summary>
    private const int LooksToSettle = 2;

    /// <summary>Killing ends when this share of the messages has left the queue, or half of the time is over.</summary>
    private const double KillUntilShare = 0.9;

    public Task<int> ExecuteAsync(CancellationToken stop)
    {
        var samples = Samples.Create(settings.Messages, SampleKind.Of(settings));
        var routes = SampleRoutes.Of(settings, time);
        var ledger = new Ledger(samples, seesArrivals: settings.Url is null, knowsRoutes: SampleRoutes.AreKnown(settings));
        return LocalAws.UseAsync(settings, routes, ledger, screen, time, aws => WorkAsync(aws, samples, stop), stop);
    }

    private async Task<int> WorkAsync(LocalAws aws, IReadOnlyList<Sample> samples, CancellationToken stop)
    {
        screen.Say($"Forwarding {samples.Count} sample messages from {aws.Queues.Url} to {aws.EndpointAddress}");
        var started = time.GetTimestamp();
        var settled = false;
        await screen.LiveAsync(async show => settled = await SettleAsync(aws, samples, show, stop));

        var elapsed = time.GetElapsedTime(started);
        var left = (await aws.Sqs.GetDepthAsync(aws.Queues.Url, stop)).Total;
        foreach (var letter in await aws.Queues.DrainDeadLettersAsync(aws.Sqs, stop)) aws.Ledger.DeadLettered(letter);
        var report = new Report(settings, aws, left, elapsed);
        screen.Table([.. report.Rows(), .. aws.Failures.Rows()]);
        if (!settled) screen.Say($"FAILED: not settled within --time-limit {Duration.Format(settings.TimeLimit)}");
        string[] faults = [.. report.Faults()];
        foreach (var fault in faults) screen.Say($"FAILED: {fault}");
        return settled && faults.Length == 0 ? 0 : 1;
    }

    /// <returns>false when the time limit came first.</returns>
    private async Task<bool> SettleAsync(LocalAws aws, IReadOnlyList<Sample> samples, Action<string> show, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(settings.TimeLimit, time);
        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        Task[] tasks =
        [
            WatchAsync(aws, SendAsync(aws, samples, work.Token), show, work.Token),
            aws.Mapping.RunAsync(work.Token),
            KillAsync(aws, work.Token),
        ];
        try
        {
            // The watch ends when all is settled, the mapping only by a failure; the killing may end before both.
            await await Task.WhenAny(tasks[0], tasks[1]);
            if (tasks[2].IsFaulted) await tasks[2];
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await work.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task SendAsync(LocalAws aws, IReadOnlyList<Sample> samples, CancellationToken stop)
    {
        foreach (var chunk in samples.Chunk(SqsClient.BatchLimit))
        {
            await aws.Sqs.SendAsync(aws.Queues.Url, [.. chunk.Select(Samples.Entry)], stop);
            aws.Ledger.SentMore(chunk.Length);
        }
    }

    private async Task WatchAsync(LocalAws aws, Task sending, Action<string> show, CancellationToken stop)
    {
        var progress = new Progress(aws, time);
        for (var looks = 0; looks < LooksToSettle;)
        {
            var queue = await aws.Sqs.GetDepthAsync(aws.Queues.Url, stop);
            show(progress.Line(queue, await aws.Sqs.GetDepthAsync(aws.Queues.DeadLetterUrl, stop)));
            looks = sending.IsCompleted && queue.Total == 0 && aws.Mapping.BatchesInFlight == 0 ? looks + 1 : 0;
            await Task.Delay(LookPause, time, stop);
            if (sending.IsCompleted) await sending;
        }
    }

    private Task KillAsync(LocalAws aws, CancellationToken stop)
    {
        if (settings.KillEvery is not { } every) return Task.CompletedTask;

        var started = time.GetTimestamp();
        var chaos = new Chaos(aws.Slots, aws.Measurements, every, new Random(settings.Seed), time);
        return chaos.RunAsync(Enough, stop);

        bool Enough() =>
            aws.Ledger.DeletedCount >= KillUntilShare * settings.Messages || time.GetElapsedTime(started) > settings.TimeLimit / 2;
    }
}
