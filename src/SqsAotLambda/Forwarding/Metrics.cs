using System.Text.Json;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// The metrics of a batch, by function and queue, in CloudWatch's
/// <see href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded metric format</see>.
/// </summary>
internal static class Metrics
{
    private const string Namespace = "SqsAotLambda";

    /// <summary>CloudWatch takes no more values of one metric.</summary>
    private const int MaxValues = 100;

    public static void Write(
        Utf8JsonWriter json, string function, string queue, Batch batch, IReadOnlyList<Delivery> deliveries, int? maxReceiveCount, DateTimeOffset at)
    {
        (string Name, int Value)[] counts =
        [
            .. Enum.GetValues<Outcome>().Select(outcome => (outcome.ToString(), deliveries.Count(delivery => delivery.Outcome == outcome))),
            ("Parked", deliveries.Count(delivery => delivery is { Hold: Hold.Breaker, DeadLettered: false })),
            ("DeadLettered", deliveries.Count(delivery => delivery.DeadLettered)),
        ];
        int? receivesLeft = maxReceiveCount is { } most ? most - batch.Messages.Max(message => message.ReceiveCount ?? 1) : null;
        var latencies = Pick([.. deliveries.Where(delivery => delivery.Latency is not null).Select(delivery => delivery.Latency!.Value)]);

        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", at.ToUnixTimeMilliseconds());
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        json.WriteStringValue("Function");
        json.WriteStringValue("Queue");
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var (name, _) in counts) WriteDefinition(json, name, "Count");
        if (receivesLeft is not null) WriteDefinition(json, "ReceivesLeft", "Count");
        if (latencies.Count > 0) WriteDefinition(json, "Latency", "Milliseconds");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        json.WriteString("Function", function);
        json.WriteString("Queue", queue);
        foreach (var (name, value) in counts) json.WriteNumber(name, value);
        if (receivesLeft is { } left) json.WriteNumber("ReceivesLeft", left);
        if (latencies.Count == 0) return;

        json.WriteStartArray("Latency");
        foreach (var latency in latencies) json.WriteNumberValue(Math.Round(latency.TotalMilliseconds, 1));
        json.WriteEndArray();
    }

    private static void WriteDefinition(Utf8JsonWriter json, string name, string unit)
    {
        json.WriteStartObject();
        json.WriteString("Name", name);
        json.WriteString("Unit", unit);
        json.WriteEndObject();
    }

    /// <summary>As many as CloudWatch takes, evenly picked.</summary>
    private static List<TimeSpan> Pick(TimeSpan[] all) =>
        all.Length <= MaxValues ? [.. all] : [.. Enumerable.Range(0, MaxValues).Select(index => all[index * all.Length / MaxValues])];
}
