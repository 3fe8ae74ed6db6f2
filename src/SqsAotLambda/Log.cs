using System.Buffers;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;

namespace SqsAotLambda;

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
/// <param name="url">Where messages go; null before that is known.</param>
internal sealed class Log(Stream output, LogLevel minimum, TimeProvider time, Uri? url = null)
{
    /// <summary>In characters, of any one text.</summary>
    private const int MaxText = 1024;

    private readonly ArrayBufferWriter<byte> line = new();

    /// <summary>A message stays on the queue.</summary>
    public void MessageFailed(string requestId, Message message, Delivery delivery)
    {
        if (Begin(LogLevel.Warn, "MessageFailed", requestId) is not { } json) return;

        json.WriteString("messageId", Cut(message.Id));
        json.WriteString("outcome", delivery.Outcome.ToString());
        if (delivery.Status is { } status) json.WriteNumber("status", status);
        if (delivery.Fault is not Fault.None) json.WriteString("fault", delivery.Fault.ToString());
        if (delivery.Reason is { } reason) json.WriteString("reason", Cut(reason));
        if (message.ReceiveCount is { } count) json.WriteNumber("receiveCount", count);
        json.WriteString("queue", Cut(message.Queue.Name));
        json.WriteString("endpoint", Cut(url?.GetLeftPart(UriPartial.Path) ?? ""));
        End(json);
    }

    /// <summary>A batch is done; the counts are of its messages, by outcome.</summary>
    public void BatchHandled(string requestId, IReadOnlyList<Delivery> deliveries, TimeSpan elapsed)
    {
        if (Begin(LogLevel.Info, "BatchHandled", requestId) is not { } json) return;

        json.WriteNumber("messages", deliveries.Count);
        foreach (var outcome in Enum.GetValues<Outcome>())
            json.WriteNumber(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()), deliveries.Count(delivery => delivery.Outcome == outcome));
        json.WriteNumber("durationMs", Math.Round(elapsed.TotalMilliseconds, 1));
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

    /// <summary>The process ends.</summary>
    public void RuntimeApiLost(Exception exception) => WriteError(LogLevel.Fatal, "RuntimeApiLost", requestId: null, exception);

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
        line.Write("\n"u8);
        output.Write(line.WrittenSpan);
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
