using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace SqsAotLambda.Logging;

/// <summary>
/// Every line the function writes: one JSON object each, with a stable <c>message</c> that names the event. The events stand beside the code
/// that tells them. None holds a body, a header value or a secret, and of a URL none holds the query.
/// </summary>
/// <param name="minimum">Lines below it are not written.</param>
internal sealed class JsonLog(Stream output, LogLevel minimum, TimeProvider time)
{
    /// <summary>Since the last line that was written.</summary>
    private int lost;

    public LogLevel Minimum => minimum;

    /// <summary>Begins a line, which its <see cref="JsonLine.End"/> writes; null when the level is not written.</summary>
    /// <param name="message">The name of the event.</param>
    /// <param name="requestId">Of the invocation; null: the event belongs to none.</param>
    public JsonLine? Begin(LogLevel level, string message, string? requestId = null) =>
        level < minimum ? null : JsonLine.Begin(this, time.GetUtcNow(), level, message, requestId);

    /// <summary>One write a line: Lambda makes each write an event of its own.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            output.Write(line);
            var before = lost;
            lost = 0;
            if (before > 0) this.LinesLost(before);
            if (lost > 0) lost = before;
        }
        // Nobody reads: lines are lost, and nothing else.
        catch (IOException)
        {
            lost++;
        }
    }
}

/// <summary>One line of the log while it is made. A thread makes one at a time.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as its thread, and its writer holds nothing but memory.")]
internal sealed class JsonLine
{
    /// <summary>In characters, of any one text.</summary>
    private const int MaxText = 1024;

    /// <summary>The line that this thread writes.</summary>
    [ThreadStatic]
    private static JsonLine? own;

    private static readonly JsonEncodedText[] Levels =
        Array.ConvertAll(Enum.GetNames<LogLevel>(), name => JsonEncodedText.Encode(name.ToUpperInvariant()));

    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter json;
    private JsonLog? log;

    private JsonLine() => json = new(buffer);

    /// <summary>For what the methods here don't write; texts of others have to be cut to length.</summary>
    public Utf8JsonWriter Json => json;

    public static JsonLine Begin(JsonLog log, DateTimeOffset at, LogLevel level, string message, string? requestId)
    {
        var line = own ??= new();
        line.log = log;
        line.buffer.ResetWrittenCount();
        line.json.Reset();
        line.json.WriteStartObject();
        line.json.WriteString("timestamp", at.UtcDateTime);
        line.json.WriteString("level", Levels[(int)level]);
        line.json.WriteString("message", message);
        return requestId is null ? line : line.Text("requestId", requestId);
    }

    /// <summary>Cut where it is too long.</summary>
    public JsonLine Text(string name, string value)
    {
        json.WriteString(name, Cut(value));
        return this;
    }

    /// <summary>Each cut where it is too long.</summary>
    public JsonLine Texts(string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(Cut(value));
        json.WriteEndArray();
        return this;
    }

    public JsonLine Number(string name, long value)
    {
        json.WriteNumber(name, value);
        return this;
    }

    /// <summary>To a tenth.</summary>
    public JsonLine Milliseconds(string name, TimeSpan value)
    {
        json.WriteNumber(name, Math.Round(value.TotalMilliseconds, 1));
        return this;
    }

    /// <param name="exception">Its text may be shown.</param>
    public JsonLine Error(Exception exception) => Text("errorType", exception.GetType().Name).Text("errorMessage", exception.Message);

    /// <summary>Writes the line.</summary>
    public void End()
    {
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        log!.Write(buffer.WrittenSpan);
    }

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}

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
