using System.Buffers;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Logging;

/// <summary>Lambda's own levels: <see href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html"/>.</summary>
internal enum LogLevel
{
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// <summary>
/// Every line the function writes: one JSON object each, with a stable <c>message</c> that names the event.
/// Never a body, a header value or a secret, and of a URL never the query.
/// </summary>
/// <param name="function">The function's name, a dimension of the metrics.</param>
internal sealed class Log(
    Stream output, LogLevel minimum, TimeProvider time, string function = "", int? maxReceiveCount = null)
{
    /// <summary>In characters, of any one text.</summary>
    private const int MaxText = 1024;

    /// <summary>The line that this thread writes.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? line;

    /// <summary>Lanes and calls of SQS write side by side.</summary>
    private readonly Lock gate = new();

    /// <summary>Since the last line that was written.</summary>
    private int lost;

    /// <summary>A message stays on the queue.</summary>
    public void MessageFailed(string requestId, Message message, Delivery delivery) => WriteMessage("MessageFailed", requestId, message, delivery);

    /// <summary>A message was copied to the dead-letter queue, and leaves its own.</summary>
    public void MessageDeadLettered(string requestId, Message message, Delivery delivery) =>
        WriteMessage("MessageDeadLettered", requestId, message, delivery);

    /// <summary>Nobody foresaw it: a message stays because of a bug of the function. Its text is not told, since it may hold anything.</summary>
    /// <param name="message">Null: it is of the whole batch, whose messages were delivered before.</param>
    public void InternalError(string requestId, Message? message, Exception exception)
    {
        if (Begin(LogLevel.Error, "InternalError", requestId) is not { } json) return;

        if (message is not null) json.WriteString("messageId", Cut(message.Id));
        json.WriteString("errorType", exception.GetType().FullName);
        json.WriteString("place", Cut(exception.StackTrace?.Split('\n', 2)[0].Trim() ?? ""));
        End(json);
    }

    /// <summary>How many messages have no line of their own, by outcome, status and fault.</summary>
    public void MessageLinesLeftOut(
        string requestId, IEnumerable<IGrouping<(Outcome Outcome, int? Status, Fault Fault, bool DeadLettered), Delivery>> leftOut)
    {
        if (Begin(LogLevel.Warn, "MessageLinesLeftOut", requestId) is not { } json) return;

        json.WriteStartArray("leftOut");
        foreach (var alike in leftOut)
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
        End(json);
    }

    /// <summary>A batch is done; the counts are of its messages, by outcome.</summary>
    public void BatchHandled(string requestId, Tally tally, TimeSpan elapsed)
    {
        if (Begin(LogLevel.Info, "BatchHandled", requestId) is not { } json) return;

        json.WriteNumber("messages", tally.Messages);
        foreach (var outcome in Tally.Outcomes) json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()), tally[outcome]);
        json.WriteNumber("deadLettered", tally.DeadLettered);
        json.WriteNumber("durationMs", Math.Round(elapsed.TotalMilliseconds, 1));
        End(json);
    }

    /// <summary>The metrics of a batch, at a level that log filtering lets pass.</summary>
    public void BatchMetrics(Batch batch, Tally tally, Delivery[] deliveries)
    {
        var level = minimum > LogLevel.Info ? minimum : LogLevel.Info;
        if (batch.Messages.Count == 0 || Begin(level, "BatchMetrics", batch.RequestId) is not { } json) return;

        Metrics.Write(json, Cut(function), Cut(batch.Messages[0].Queue.Name), tally, deliveries, maxReceiveCount, time.GetUtcNow());
        End(json);
    }

    /// <summary>A message could not be copied to the dead-letter queue, and stays.</summary>
    public void CopyFailed(Message message, Exception exception)
    {
        if (Begin(LogLevel.Error, "CopyFailed", requestId: null) is not { } json) return;

        json.WriteString("messageId", Cut(message.Id));
        json.WriteString("errorMessage", Cut(exception.Message));
        End(json);
    }

    /// <summary>A request goes without headers that would only have repeated what its message says.</summary>
    public void HeadersLeftOut(string requestId, Message message, LeftOutHeaders headers)
    {
        if (Begin(LogLevel.Warn, "HeadersLeftOut", requestId) is not { } json) return;

        json.WriteString("messageId", Cut(message.Id));
        json.WriteNumber("count", headers.Count);
        json.WriteStartArray("headers");
        foreach (var name in headers.Names) json.WriteStringValue(name);
        json.WriteEndArray();
        End(json);
    }

    /// <summary>SQS did not hold back messages; they come again when the queue's visibility timeout ends.</summary>
    public void VisibilityFailed(string requestId, int messages, string why)
    {
        if (Begin(LogLevel.Warn, "VisibilityFailed", requestId) is not { } json) return;

        json.WriteNumber("messages", messages);
        json.WriteString("errorMessage", Cut(why));
        End(json);
    }

    /// <summary>A secret or a token could not be fetched: the one there was is used on, or it is fetched when it is needed.</summary>
    /// <param name="auth">The names of the entries of <c>FORWARD_AUTH</c> it is for, or of a setting.</param>
    public void SecretFailed(string auth, string why)
    {
        if (Begin(LogLevel.Warn, "SecretFailed", requestId: null) is not { } json) return;

        json.WriteString("auth", Cut(auth));
        json.WriteString("errorMessage", Cut(why));
        End(json);
    }

    /// <summary>The whole batch comes again.</summary>
    public void InvocationFailed(string requestId, Exception exception) => WriteError(LogLevel.Error, "InvocationFailed", requestId, exception);

    /// <summary>Lambda did not take the answer: the whole batch comes again.</summary>
    public void AnswerRefused(string requestId, int status)
    {
        if (Begin(LogLevel.Error, "AnswerRefused", requestId) is not { } json) return;

        json.WriteNumber("status", status);
        End(json);
    }

    public void SettingsRefused(InvalidSettingsException exception)
    {
        if (Begin(LogLevel.Fatal, "SettingsRefused", requestId: null) is not { } json) return;

        json.WriteStartArray("faults");
        foreach (var fault in exception.Faults) json.WriteStringValue(Cut(fault));
        json.WriteEndArray();
        End(json);
    }

    /// <summary>Standard output was full, or nobody read it.</summary>
    public void LinesLost(int lines)
    {
        if (Begin(LogLevel.Warn, "LinesLost", requestId: null) is not { } json) return;

        json.WriteNumber("lines", lines);
        End(json);
    }

    /// <summary>The process ends.</summary>
    public void RuntimeApiLost(Exception exception) => WriteError(LogLevel.Fatal, "RuntimeApiLost", requestId: null, exception);

    private void WriteMessage(string name, string requestId, Message message, Delivery delivery)
    {
        if (Begin(LogLevel.Warn, name, requestId) is not { } json) return;

        json.WriteString("messageId", Cut(message.Id));
        json.WriteString("outcome", delivery.Outcome.ToString());
        if (delivery.Status is { } status) json.WriteNumber("status", status);
        if (delivery.Fault is not Fault.None) json.WriteString("fault", delivery.Fault.ToString());
        if (delivery.Hold is not Hold.None) json.WriteString("hold", delivery.Hold.ToString());
        if (delivery.Reason is { } reason) json.WriteString("reason", Cut(reason));
        if (message.ReceiveCount is { } count) json.WriteNumber("receiveCount", count);
        json.WriteString("queue", Cut(message.Queue.Name));
        if (delivery.Endpoint is { } endpoint)
        {
            json.WriteString("route", Cut(endpoint.Route.Name));
            json.WriteString("endpoint", Cut(endpoint.Url));
        }

        End(json);
    }

    private void WriteError(LogLevel level, string message, string? requestId, Exception exception)
    {
        if (Begin(level, message, requestId) is not { } json) return;

        json.WriteString("errorType", exception.GetType().Name);
        json.WriteString("errorMessage", Cut(exception.Message));
        End(json);
    }

    /// <summary>Null when the level is not written.</summary>
    private Utf8JsonWriter? Begin(LogLevel level, string message, string? requestId)
    {
        if (level < minimum) return null;

        line ??= new();
        line.ResetWrittenCount();
        var json = new Utf8JsonWriter(line);
        json.WriteStartObject();
        json.WriteString("timestamp", time.GetUtcNow().UtcDateTime);
        json.WriteString("level", level.ToString().ToUpperInvariant());
        json.WriteString("message", message);
        if (requestId is not null) json.WriteString("requestId", Cut(requestId));
        return json;
    }

    /// <summary>One write a line: Lambda makes each write an event of its own.</summary>
    private void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Dispose();
        var written = line!;
        written.Write("\n"u8);
        lock (gate)
        {
            try
            {
                output.Write(written.WrittenSpan);
                var before = lost;
                lost = 0;
                if (before > 0) LinesLost(before);
                if (lost > 0) lost = before;
            }
            // Nobody reads: lines are lost, and nothing else.
            catch (IOException)
            {
                lost++;
            }
        }
    }


    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
