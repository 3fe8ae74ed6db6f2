using System.Buffers;
using System.Text.Json;
using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Tells what became of a batch, as far as its time allows: a line for each message that was not delivered, then the counts.</summary>
/// <param name="function">The function's name, a dimension of the metrics.</param>
/// <param name="maxReceiveCount">Null: not known.</param>
internal sealed class BatchReport(JsonLog log, string function, int? maxReceiveCount, TimeProvider time)
{
    public void Tell(Batch batch, Delivery[] deliveries, Closing closing, TimeSpan elapsed)
    {
        var leftOut = new List<Delivery>();
        foreach (var message in batch.Messages)
        {
            var delivery = deliveries[message.Position];
            if (delivery is { IsDone: true, DeadLettered: false }) continue;

            if (!closing.TellMessage(() => Tell(batch.RequestId, message, delivery))) leftOut.Add(delivery);
        }

        if (leftOut.Count > 0) closing.Tell(() => log.MessageLinesLeftOut(batch.RequestId, leftOut));

        // After the failures: whoever sends long attributes must not silence what is told of others.
        foreach (var message in batch.Messages)
        {
            var delivery = deliveries[message.Position];
            if (delivery.HeadersLeftOut is { } headers) closing.TellMessage(() => log.HeadersLeftOut(batch.RequestId, message, headers));
            if (delivery.Disposition is Disposition.Unknown) closing.TellMessage(() => log.DispositionUnknown(batch.RequestId, message));
        }

        var tally = new Tally(batch, deliveries);
        closing.Tell(() => log.BatchHandled(batch.RequestId, tally, elapsed));
        closing.Tell(() => log.BatchMetrics(batch, tally, deliveries, function, maxReceiveCount, time.GetUtcNow()));
    }

    /// <summary>A bug of the function met the batch after its messages were delivered.</summary>
    public void TellBug(Batch batch, Exception exception) => log.InternalError(batch.RequestId, message: null, exception);

    /// <summary>There was no time to hold these messages back.</summary>
    public void TellNotPostponed(Batch batch, int messages, Closing closing) =>
        closing.Tell(() => log.VisibilityFailed(batch.RequestId, messages, Visibility.NoTime));

    private void Tell(string requestId, Message message, Delivery delivery)
    {
        if (delivery.Bug is { } bug) log.InternalError(requestId, message, bug);
        if (delivery.DeadLettered) log.MessageDeadLettered(requestId, message, delivery);
        else log.MessageFailed(requestId, message, delivery);
    }
}

/// <summary>How the messages of a batch ended, counted.</summary>
internal sealed class Tally
{
    /// <summary>With their names, as metrics have them and as the log has them.</summary>
    public static readonly (Outcome Outcome, JsonEncodedText Metric, JsonEncodedText Member)[] Outcomes = Array.ConvertAll(
        Enum.GetValues<Outcome>(),
        outcome => (
            outcome,
            JsonEncodedText.Encode(outcome.ToString()),
            JsonEncodedText.Encode(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()))));

    private const int NormalReceives = 10;

    private readonly int[] counts = new int[Outcomes.Length];
    private HashSet<(Queue, string?)>? blocked;

    /// <param name="deliveries">By the messages' positions.</param>
    public Tally(Batch batch, Delivery[] deliveries)
    {
        Messages = deliveries.Length;
        for (var position = 0; position < deliveries.Length; position++)
        {
            var delivery = deliveries[position];
            counts[(int)delivery.Outcome]++;
            if (delivery.Latency is not null) Requests++;
            if (delivery.IsResent) Resent++;
            if (delivery.IsPaced) Paced++;
            HeadersLeftOut += delivery.HeadersLeftOut?.Count ?? 0;
            if (delivery.DeadLettered) DeadLettered++;
            else if (delivery.Hold is Hold.Breaker) Parked++;
            if (!delivery.IsDone) CountLeft(batch.Messages[position]);
        }
    }

    public int Messages { get; }

    public int this[Outcome outcome] => counts[(int)outcome];

    public int Requests { get; }

    /// <summary>Messages that two requests were sent for, the first over a connection that the server had ended.</summary>
    public int Resent { get; }

    /// <summary>Messages that waited for a turn of their endpoint's pace, or had none.</summary>
    public int Paced { get; }

    /// <summary>Groups of a FIFO queue that wait behind a message which came more often than that is normal.</summary>
    public int Blocked => blocked?.Count ?? 0;

    /// <summary>Held back by the breaker.</summary>
    public int Parked { get; }

    public int DeadLettered { get; }

    /// <summary>By requests that were sent.</summary>
    public int HeadersLeftOut { get; }

    /// <summary>Of a message that was not delivered; 0 when all were.</summary>
    public int MostReceives { get; private set; }

    private void CountLeft(Message message)
    {
        MostReceives = Math.Max(MostReceives, message.ReceiveCount ?? 1);
        if (message.Queue.IsFifo && message.ReceiveCount > NormalReceives) (blocked ??= []).Add((message.Queue, message.GroupId));
    }
}

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

    /// <summary>Besides the outcomes.</summary>
    private static readonly (JsonEncodedText Name, Func<Tally, int> Of)[] Counts =
    [
        (JsonEncodedText.Encode("Parked"), tally => tally.Parked),
        (JsonEncodedText.Encode("Paced"), tally => tally.Paced),
        (JsonEncodedText.Encode("Blocked"), tally => tally.Blocked),
        (JsonEncodedText.Encode("DeadLettered"), tally => tally.DeadLettered),
        (JsonEncodedText.Encode("HeadersLeftOut"), tally => tally.HeadersLeftOut),
        (JsonEncodedText.Encode("Resent"), tally => tally.Resent),
    ];

    private static readonly byte[]?[] Known = new byte[]?[4];

    public static void Write(
        JsonLine line, string function, string queue, Tally tally, Delivery[] deliveries, int? maxReceiveCount, DateTimeOffset at)
    {
        var json = line.Json;
        int? receivesLeft = tally.MostReceives > 0 && maxReceiveCount is { } most ? Math.Max(0, most - tally.MostReceives) : null;

        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", at.ToUnixTimeMilliseconds());
        json.WritePropertyName("CloudWatchMetrics");
        json.WriteRawValue(Definitions(receivesLeft is not null, tally.Requests > 0), skipInputValidation: true);
        json.WriteEndObject();

        // CloudWatch takes no empty dimension.
        line.Text("Function", function).Text("Queue", queue.Length > 0 ? queue : "unknown");
        foreach (var (outcome, name, _) in Tally.Outcomes) json.WriteNumber(name, tally[outcome]);
        foreach (var (name, count) in Counts) json.WriteNumber(name, count(tally));
        if (receivesLeft is { } left) json.WriteNumber("ReceivesLeft", left);
        if (tally.Requests > 0) WriteLatencies(json, tally.Requests, deliveries);
    }

    /// <summary>What CloudWatch is told of the metrics, of which two are not always there.</summary>
    private static byte[] Definitions(bool hasReceivesLeft, bool hasLatency) =>
        Known[(hasReceivesLeft ? 1 : 0) + (hasLatency ? 2 : 0)] ??= WriteDefinitions(hasReceivesLeft, hasLatency);

    private static byte[] WriteDefinitions(bool hasReceivesLeft, bool hasLatency)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("Namespace", Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        json.WriteStringValue("Function");
        json.WriteStringValue("Queue");
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var (_, name, _) in Tally.Outcomes) WriteDefinition(json, name.Value, "Count");
        foreach (var (name, _) in Counts) WriteDefinition(json, name.Value, "Count");
        if (hasReceivesLeft) WriteDefinition(json, "ReceivesLeft", "Count");
        if (hasLatency) WriteDefinition(json, "Latency", "Milliseconds");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
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
