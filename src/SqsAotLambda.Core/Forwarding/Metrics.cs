using System.Text.Json;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// The metrics of a batch, by function and queue, in CloudWatch's
/// <see href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">embedded metric
/// format</see>.
/// </summary>
internal static class Metrics
{
    private const string Namespace = "SqsAotLambda";

    /// <summary>CloudWatch takes no more values of one metric.</summary>
    private const int MaxValues = 100;

    public static void Write(
        JsonLine line, string function, string queue, Tally tally, Delivery[] deliveries, int? maxReceiveCount, DateTimeOffset at)
    {
        var json = line.Json;
        int? receivesLeft = tally.MostReceives > 0 && maxReceiveCount is { } most ? Math.Max(0, most - tally.MostReceives) : null;

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
        foreach (var outcome in Tally.Outcomes) WriteDefinition(json, outcome.ToString(), "Count");
        WriteDefinition(json, "Parked", "Count");
        WriteDefinition(json, "DeadLettered", "Count");
        WriteDefinition(json, "HeadersLeftOut", "Count");
        if (receivesLeft is not null) WriteDefinition(json, "ReceivesLeft", "Count");
        if (tally.Requests > 0) WriteDefinition(json, "Latency", "Milliseconds");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();

        // CloudWatch takes no empty dimension.
        line.Text("Function", function).Text("Queue", queue.Length > 0 ? queue : "unknown");
        foreach (var outcome in Tally.Outcomes) json.WriteNumber(outcome.ToString(), tally[outcome]);
        json.WriteNumber("Parked", tally.Parked);
        json.WriteNumber("DeadLettered", tally.DeadLettered);
        json.WriteNumber("HeadersLeftOut", tally.HeadersLeftOut);
        if (receivesLeft is { } left) json.WriteNumber("ReceivesLeft", left);
        if (tally.Requests > 0) WriteLatencies(json, tally.Requests, deliveries);
    }

    /// <summary>As many as CloudWatch takes, evenly picked.</summary>
    private static void WriteLatencies(Utf8JsonWriter json, int requests, Delivery[] deliveries)
    {
        var (seen, written) = (0, 0);
        json.WriteStartArray("Latency");
        foreach (var delivery in deliveries)
        {
            if (delivery.Latency is not { } latency) continue;

            var isPicked = (long)seen++ * Math.Min(requests, MaxValues) >= (long)written * requests;
            if (!isPicked) continue;

            json.WriteNumberValue(Math.Round(latency.TotalMilliseconds, 1));
            written++;
        }

        json.WriteEndArray();
    }

    private static void WriteDefinition(Utf8JsonWriter json, string name, string unit)
    {
        json.WriteStartObject();
        json.WriteString("Name", name);
        json.WriteString("Unit", unit);
        json.WriteEndObject();
    }
}
