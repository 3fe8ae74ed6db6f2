using System.Globalization;
using System.Text;
using SqsAotLambda.Benchmarks.Measuring;
using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks.Reporting;

/// <summary>The results in Markdown: a row for each metric, a column for each peer.</summary>
internal static class Table
{
    /// <param name="peers">The baseline first.</param>
    public static string Of(IReadOnlyList<Peer> peers, Results results)
    {
        var table = new StringBuilder();
        table.AppendLine($"| | {string.Join(" | ", peers.Select(peer => peer.Name))} |");
        table.AppendLine($"|---|{string.Concat(peers.Select(_ => "---|"))}");
        foreach (var metric in results.Metrics)
        {
            var baseline = results.Of(peers[0], metric) is { } values ? Statistics.Median(values) : (double?)null;
            var cells = peers.Select((peer, index) => Cell(metric, results.Of(peer, metric), index == 0 ? null : baseline));
            table.AppendLine($"| {metric.Label} | {string.Join(" | ", cells)} |");
        }
        return table.ToString();
    }

    /// <summary>Median, minimum where it differs, and the ratio to the baseline.</summary>
    private static string Cell(Metric metric, IReadOnlyList<double>? values, double? baseline)
    {
        if (values is null) return "-";

        var median = Statistics.Median(values);
        var least = values.Min();
        var text = Format(median, metric.Digits);
        if (Format(least, metric.Digits) is var minimum && minimum != text) text += $" ({minimum})";
        return baseline is { } reference ? $"{text} ×{Format(median / reference, 2)}" : text;
    }

    private static string Format(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
