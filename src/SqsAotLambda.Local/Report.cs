using System.Globalization;
using SqsAotLambda.Local.Lambda;
using SqsAotLambda.Local.Pressure;

namespace SqsAotLambda.Local;

/// <summary>The account of a run: what the table shows, and whether it is as it must be.</summary>
internal sealed class Report(Settings settings, LocalAws aws, int leftInQueue, TimeSpan elapsed)
{
    private readonly Ledger ledger = aws.Ledger;
    private readonly Measurements measurements = aws.Measurements;
    private readonly DeadLetters deadLetters = aws.Ledger.DeadLetters();
    private readonly int lost = aws.Ledger.Lost;

    public IEnumerable<(string Name, string Value)> Rows() => [.. MessageRows(), .. FunctionRows()];

    /// <summary>What became of the messages.</summary>
    private IEnumerable<(string Name, string Value)> MessageRows()
    {
        yield return ("sent", $"{ledger.Sent}");
        yield return ("delivered", $"{ledger.Delivered}");
        if (!settings.IsOneRoute && ledger.DeliveredByRoute() is { Count: > 0 } routes)
        {
            yield return ("  by route", string.Join(", ", routes.Select(each => $"{each.Delivered} {each.Route.ToString().ToLowerInvariant()}")));
            yield return ("signatures", $"{ledger.Signatures.Verified} verified, {ledger.Signatures.Failed} failed");
        }
        yield return ("duplicates", $"{ledger.Duplicates}");
        if (settings.Duplicates is not null)
            yield return ("  of the runner's making", $"{ledger.DuplicatesByRunner}, by {measurements.Repeats} batches handed out twice");
        yield return ("dead-lettered", $"{deadLetters.Count}");
        foreach (var (reason, count) in deadLetters.Reasons) yield return ("  reason", $"{count}: {reason}");
        if (deadLetters.DeliveredToo > 0) yield return ("  and delivered too", $"{deadLetters.DeliveredToo}");
        if (deadLetters.Again > 0) yield return ("  and once more", $"{deadLetters.Again}");
        yield return (leftInQueue == 0 ? "lost" : "not settled", $"{lost}");
        yield return ("left in queue", $"{leftInQueue}");
        if (ledger.UnconfirmedDeletes > 0) yield return ("deletes not confirmed", $"{ledger.UnconfirmedDeletes}");
        if (settings.Fifo) yield return ("order", ledger.OrderViolation ?? $"held in {ledger.Groups} groups");
        foreach (var row in new PressureReport(settings, ledger, aws.Trouble, aws.Timeline).Rows()) yield return row;
        if (settings.Outage is not null || measurements.Parked > 0)
            yield return ("parked", measurements.Parked is { } parked ? $"{parked} times" : "the function's log does not tell");
    }

    /// <summary>How the function did it.</summary>
    private IEnumerable<(string Name, string Value)> FunctionRows()
    {
        yield return ("time in all", $"{Seconds(elapsed)}, {ledger.Retried} receives were retries");

        var polls = measurements.FirstPolls();
        yield return ("cold start, exec to poll", $"{MedianAndMax(polls)} ({polls.Ascending.Length} starts)");
        yield return ("cold start, exec to answer", MedianAndMax(measurements.FirstAnswers()));
        yield return ("invocations", $"{measurements.Invocations}");
        yield return ("forwarding a batch", Percentiles(measurements.Answered()));
        yield return ("peak memory", string.Create(CultureInfo.InvariantCulture, $"{measurements.PeakMemory / 1048576.0:0.0} MB"));
        if (settings.Freeze)
            yield return ("frozen", $"{measurements.Freezes} times; the endpoint ended {measurements.ConnectionsEnded} connections meanwhile");
        if (measurements.Kills > 0) yield return ("killed", $"{measurements.Kills}");
        if (measurements.Crashes > 0) yield return ("crashes", $"{measurements.Crashes}");
        if (measurements.TimeOuts > 0) yield return ("time-outs", $"{measurements.TimeOuts}");
        if (measurements.Errors > 0) yield return ("function errors", $"{measurements.Errors}");
    }

    /// <summary>One sentence for each promise that was not kept.</summary>
    public IEnumerable<string> Faults()
    {
        var calm = settings.KillEvery is null;
        (bool Kept, string Sentence)[] promises =
        [
            (ledger.Sent == settings.Messages, $"{ledger.Sent} of {settings.Messages} messages were sent"),
            (lost == 0, $"{lost} messages are neither delivered nor dead-lettered"),
            (leftInQueue == 0, $"{leftInQueue} messages are left in the queue"),
            (ledger.Mismatches == 0, $"{ledger.Mismatches} requests or dead letters differ from their message: {ledger.FirstMismatch}"),
            (ledger.Signatures.Failed == 0, $"{ledger.Signatures.Failed} signatures were wrong or missing"),
            (ledger.OrderViolation is null, $"the order was not kept: {ledger.OrderViolation}"),
            (measurements.Crashes == 0, $"bootstrap crashed {measurements.Crashes} times"),
            // While processes are killed, the machine may be too busy to answer in time.
            (!calm || measurements.TimeOuts == 0, $"the function timed out {measurements.TimeOuts} times, which it must never do"),
            (!calm || measurements.Errors == 0, $"{measurements.Errors} batches got an error or an invalid answer"),
            // Behind a failure in its group a message may stay untried; on a standard queue each has its turn.
            (!calm || settings.Fifo || deadLetters.Untried == 0, $"{deadLetters.Untried} messages were dead-lettered without an attempt"),
            (settings.Pressure is { Outage: null, Blip: null } || deadLetters.Total == 0,
                $"{deadLetters.Total} messages were dead-lettered, which an outage must never bring about"),
        ];
        return promises.Where(promise => !promise.Kept).Select(promise => promise.Sentence);
    }

    private static string Seconds(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0.0} s");

    private static string MedianAndMax(Distribution times) =>
        times.IsEmpty ? "-" : $"median {Milliseconds(times.Percentile(0.5))}, max {Milliseconds(times.Percentile(1))}";

    /// <summary>Of an invocation: from handing the event out to the answer.</summary>
    private static string Percentiles(Distribution times) =>
        times.IsEmpty ? "-" : $"p50 {Milliseconds(times.Percentile(0.5))}, p99 {Milliseconds(times.Percentile(0.99))}";

    private static string Milliseconds(TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{value.TotalMilliseconds:0.0} ms");
}
