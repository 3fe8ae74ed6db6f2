namespace SqsAotLambda.Local;

/// <summary>The command <c>serve</c>: takes messages from any SQS client until it is stopped.</summary>
internal sealed class Serve(Settings settings, Screen screen, TimeProvider time)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    public Task<int> ExecuteAsync(CancellationToken stop)
    {
        var ledger = new Ledger([], seesArrivals: settings.Url is null);
        return LocalAws.UseAsync(settings, routes: null, ledger, screen, time, aws => WorkAsync(aws, stop), stop);
    }

    private async Task<int> WorkAsync(LocalAws aws, CancellationToken stop)
    {
        var group = settings.Fifo ? " --message-group-id g --message-deduplication-id \"$(date +%s%N)\"" : "";
        screen.Say($"Queue URL:         {aws.Queues.Url}");
        screen.Say($"Dead-letter queue: {aws.Queues.DeadLetterUrl}");
        screen.Say($"SQS endpoint:      {aws.Sqs.Address}");
        screen.Say($"Forwarding to:     {aws.EndpointAddress}");
        screen.Say("Send a message, with any credentials (Ctrl-C ends all):");
        screen.Say(
            $"  aws sqs send-message --region us-east-1 --endpoint-url {aws.Sqs.Address} --queue-url {aws.Queues.Url}"
            + $" --message-body '{{\"hello\":\"world\"}}'{group}");

        using var work = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await screen.LiveAsync(show => ForwardAsync(aws, show, work));
        }
        finally
        {
            if (aws.Failures.Rows().ToArray() is { Length: > 0 } failures) screen.Table(failures);
        }
        return 0;
    }

    private async Task ForwardAsync(LocalAws aws, Action<string> show, CancellationTokenSource work)
    {
        Task[] tasks = [WatchAsync(aws, show, work.Token), aws.Mapping.RunAsync(work.Token)];
        try
        {
            // Neither ends but by a failure or by Ctrl-C.
            await await Task.WhenAny(tasks);
        }
        finally
        {
            await work.CancelAsync();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at the dead letters without taking them, and tells the new ones.</summary>
    private async Task TellNewAsync(LocalAws aws, CancellationToken stop)
    {
        foreach (var letter in await aws.Queues.PeekDeadLettersAsync(aws.Sqs, stop))
        {
            if (aws.Ledger.DeadLettered(letter) is { } line) screen.Say($"Dead letter {line}");
        }
    }

    private async Task WatchAsync(LocalAws aws, Action<string> show, CancellationToken stop)
    {
        var progress = new Progress(aws, time);
        for (var known = 0; ;)
        {
            var queue = await aws.Sqs.GetDepthAsync(aws.Queues.Url, stop);
            var deadLetters = await aws.Sqs.GetDepthAsync(aws.Queues.DeadLetterUrl, stop);
            show(progress.Line(queue, deadLetters));
            if (deadLetters.Total > known) await TellNewAsync(aws, stop);
            known = deadLetters.Total;
            await Task.Delay(LookPause, time, stop);
        }
    }
}
