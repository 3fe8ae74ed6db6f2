using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Simulation.World;

/// <summary>Writes the event of an invocation.</summary>
internal static class EventWriter
{
    public static ReadOnlySpan<byte> Write(Universe world)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("Records");
        var arn = world.Scenario.IsUnknownQueue ? "orders" : world.Scenario.IsFifo ? $"{Scenario.QueueArn}.fifo" : Scenario.QueueArn;
        foreach (var (message, receive) in world.Queue.Batch) Write(json, message, receive, arn);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, SimulatedMessage message, int receive, string arn)
    {
        json.WriteStartObject();
        json.WriteString("messageId", message.Id);
        json.WriteString("receiptHandle", $"{message.Id}/{Text(receive)}");
        if (message.HasNoBody) json.WriteNull("body");
        else json.WriteString("body", message.Body);
        json.WriteStartObject("attributes");
        json.WriteString("ApproximateReceiveCount", Text(receive));
        json.WriteString("SentTimestamp", "1767323045000");
        json.WriteString("ApproximateFirstReceiveTimestamp", "1767323045000");
        if (message.Group is { } group) json.WriteString("MessageGroupId", group);
        json.WriteEndObject();
        json.WriteStartObject("messageAttributes");
        WriteAttribute(json, "type", message.Kind);
        WriteAttribute(json, "tenant", message.Tenant);
        WriteAttribute(json, "ForwardFailure", message.ForwardFailure);
        json.WriteEndObject();
        json.WriteString("eventSource", "aws:sqs");
        json.WriteString("eventSourceARN", arn);
        json.WriteEndObject();
    }

    private static void WriteAttribute(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null) return;

        json.WriteStartObject(name);
        json.WriteString("stringValue", value);
        json.WriteString("dataType", "String");
        json.WriteEndObject();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
