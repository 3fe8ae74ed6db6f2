using System.Globalization;
using SqsAotLambda.Local.Queue;

namespace SqsAotLambda.Local;

/// <summary>The line that tells how far the work is.</summary>
internal sealed class Progress(LocalAws aws, TimeProvider time)
{
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(1);

    private (long At, int Delivered) rateFrom = (time.GetTimestamp(), 0);
    private double rate;

    public string Line(Depth queue, Depth deadLetters)
    {
        var (elapsed, delivered) = (time.GetElapsedTime(rateFrom.At), aws.Ledger.Delivered);
        if (elapsed >= RateWindow)
        {
            rate = (delivered - rateFrom.Delivered) / elapsed.TotalSeconds;
            rateFrom = (time.GetTimestamp(), delivered);
        }
        var parked = aws.Measurements.Parked is { } times and > 0 ? $", parked {times}" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"queued {queue.Visible + queue.Delayed}, in flight {queue.InFlight}, "
                + $"delivered {delivered} ({rate:0}/s), retried {aws.Ledger.Retried}{parked}, dead-lettered {deadLetters.Total}");
    }
}
