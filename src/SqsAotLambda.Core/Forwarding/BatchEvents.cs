using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>What the log tells of a batch and its messages.</summary>
internal static class BatchEvents
{
    /// <summary>A message stays on the queue.</summary>
    public static void MessageFailed(this JsonLog log, string requestId, Message message, Delivery delivery) =>
        log.Message("MessageFailed", requestId, message, delivery);

    /// <summary>A message was copied to the dead-letter queue, and leaves its own.</summary>
    public static void MessageDeadLettered(this JsonLog log, string requestId, Message message, Delivery delivery) =>
        log.Message("MessageDeadLettered", requestId, message, delivery);

    /// <summary>Nobody foresaw it: a message stays because of a bug of the function. Its text is not told, since it may hold anything.</summary>
    /// <param name="message">Null: it is of the whole batch, whose messages were delivered before.</param>
    public static void InternalError(this JsonLog log, string requestId, Message? message, Exception exception)
    {
        if (log.Begin(LogLevel.Error, "InternalError", requestId) is not { } line) return;

        if (message is not null) line.Text("messageId", message.Id);
        line.Text("errorType", exception.GetType().FullName ?? "");
        line.Text("place", exception.StackTrace?.Split('\n', 2)[0].Trim() ?? "").End();
    }

    /// <summary>How many messages have no line of their own, by outcome, status and fault.</summary>
    public static void MessageLinesLeftOut(this JsonLog log, string requestId, IEnumerable<Delivery> leftOut)
    {
        if (log.Begin(LogLevel.Warn, "MessageLinesLeftOut", requestId) is not { } line) return;

        var json = line.Json;
        json.WriteStartArray("leftOut");
        foreach (var alike in leftOut.GroupBy(each => (each.Outcome, each.Status, each.Fault, each.DeadLettered)))
        {
            json.WriteStartObject();
            json.WriteNumber("messages", alike.Count());
            json.WriteString("outcome", alike.Key.Outcome.ToString());
            if (alike.Key.Status is { } status) json.WriteNumber("status", status);
            if (alike.Key.Fault is not Fault.None) json.WriteString("fault", alike.Key.Fault.ToString());
            if (alike.Key.DeadLettered) json.WriteBoolean("deadLettered", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        line.End();
    }

    /// <summary>A request goes without headers that would only have repeated what its message says.</summary>
    public static void HeadersLeftOut(this JsonLog log, string requestId, Message message, LeftOutHeaders headers) =>
        log.Begin(LogLevel.Warn, "HeadersLeftOut", requestId)?
            .Text("messageId", message.Id).Number("count", headers.Count).Texts("headers", headers.Names).End();

    /// <summary>An endpoint's <c>Forward-Disposition</c> is none that there is. It is not told: an endpoint may echo a secret.</summary>
    public static void DispositionUnknown(this JsonLog log, string requestId, Message message) =>
        log.Begin(LogLevel.Warn, "DispositionUnknown", requestId)?.Text("messageId", message.Id).End();

    /// <summary>A batch is done; the counts are of its messages, by outcome.</summary>
    public static void BatchHandled(this JsonLog log, string requestId, Tally tally, TimeSpan elapsed)
    {
        if (log.Begin(LogLevel.Info, "BatchHandled", requestId) is not { } line) return;

        line.Number("messages", tally.Messages);
        foreach (var (outcome, _, name) in Tally.Outcomes) line.Json.WriteNumber(name, tally[outcome]);
        line.Number("deadLettered", tally.DeadLettered).Number("resent", tally.Resent).Number("paced", tally.Paced);
        line.Milliseconds("durationMs", elapsed).End();
    }

    /// <summary>The metrics of a batch, at a level that log filtering lets pass.</summary>
    /// <param name="function">The function's name.</param>
    public static void BatchMetrics(
        this JsonLog log, Batch batch, Tally tally, Delivery[] deliveries, string function, int? maxReceiveCount, DateTimeOffset at)
    {
        if (batch.Messages.Count == 0) return;

        var line = log.Begin(log.Minimum > LogLevel.Info ? log.Minimum : LogLevel.Info, "BatchMetrics", batch.RequestId)!;
        Metrics.Write(line, function, batch.Messages[0].Queue.Name, tally, deliveries, maxReceiveCount, at);
        line.End();
    }

    /// <summary>A message could not be copied to the dead-letter queue, and stays.</summary>
    public static void CopyFailed(this JsonLog log, Message message, Exception exception) =>
        log.Begin(LogLevel.Error, "CopyFailed")?.Text("messageId", message.Id).Text("errorMessage", exception.Message).End();

    /// <summary>SQS did not hold back messages; they come again when the queue's visibility timeout ends.</summary>
    public static void VisibilityFailed(this JsonLog log, string requestId, int messages, string why) =>
        log.Begin(LogLevel.Warn, "VisibilityFailed", requestId)?.Number("messages", messages).Text("errorMessage", why).End();

    private static void Message(this JsonLog log, string name, string requestId, Message message, Delivery delivery)
    {
        if (log.Begin(LogLevel.Warn, name, requestId) is not { } line) return;

        line.Text("messageId", message.Id).Text("outcome", delivery.Outcome.ToString());
        if (delivery.Status is { } status) line.Number("status", status);
        if (delivery.Fault is not Fault.None) line.Text("fault", delivery.Fault.ToString());
        if (delivery.Hold is not Hold.None) line.Text("hold", delivery.Hold.ToString());
        if (delivery.Detail is { } detail) line.Text("detail", detail);
        if (delivery.Reason is { } reason) line.Text("reason", reason);
        if (delivery.IsResent) line.Json.WriteBoolean("resent", true);
        if (message.ReceiveCount is { } count) line.Number("receiveCount", count);
        line.Text("queue", message.Queue.Name);
        if (delivery.Endpoint is { } endpoint) line.Text("route", endpoint.Route.Name).Text("endpoint", endpoint.Url);
        line.End();
    }
}
