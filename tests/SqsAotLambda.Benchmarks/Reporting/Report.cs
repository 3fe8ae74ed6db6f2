using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Benchmarks.Measuring;
using SqsAotLambda.Benchmarks.Running;

namespace SqsAotLambda.Benchmarks.Reporting;

/// <summary>What is left of a run: the table with its circumstances, and every reading in JSON.</summary>
/// <param name="Measured">The baseline first.</param>
/// <param name="Notes">What was asked for and could not be done.</param>
internal sealed record Report(
    IReadOnlyList<Peer> Measured, IReadOnlyList<Peer> Missing, Results Results, int Rounds, DateTimeOffset At, IReadOnlyList<string> Notes)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static string Machine =>
        $"{CpuName()}, {Environment.ProcessorCount} CPUs, {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}".ToLowerInvariant();

    public string Markdown()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{At:yyyy-MM-dd HH:mm} UTC; {Machine}; load {LoadAverage()}; {Rounds} rounds.");
        text.AppendLine($"Median, (minimum) where it differs, ×ratio of the medians to {Measured[0].Name}.").AppendLine();
        text.Append(Table.Of(Measured, Results)).AppendLine();
        foreach (var peer in Missing) text.AppendLine($"- {peer.Name}: not here: {peer.Missing}");
        foreach (var note in Notes) text.AppendLine($"- {note}");
        foreach (var failure in Results.Failures) text.AppendLine($"- failed: {failure}");
        return text.ToString();
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            At,
            Machine,
            Rounds,
            Baseline = Measured[0].Name,
            Peers = Measured.ToDictionary(peer => peer.Name, peer => new { peer.Command, Metrics = Metrics(peer) }),
            Missing = Missing.ToDictionary(peer => peer.Name, peer => peer.Missing),
            Notes,
            Results.Failures,
        },
        Json);

    private Dictionary<string, object> Metrics(Peer peer)
    {
        var metrics = new Dictionary<string, object>();
        foreach (var metric in Results.Metrics)
        {
            if (Results.Of(peer, metric) is not { } readings) continue;

            var median = Statistics.Median(readings);
            double? ratio = Results.Of(Measured[0], metric) is { } baseline ? median / Statistics.Median(baseline) : null;
            metrics[metric.Name] = new { metric.Label, median, Minimum = readings.Min(), ratio, readings };
        }
        return metrics;
    }

    private static string CpuName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unnamed processor";

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
