using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>
/// Reads <see href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">SQS events</see> in one pass over their
/// bytes. A body is never made a string: one without escapes stays where it is, the others go to one buffer, used again.
/// </summary>
internal sealed class EventReader
{
    /// <summary>In characters and bytes; those of SQS have 100 and 1,024 at most:
    /// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html.</summary>
    private const int MaxId = 1024, MaxReceiptHandle = 8192;

    /// <summary>In bytes, of an event.</summary>
    private const int Large = 1024 * 1024;

    /// <summary>In bytes; one of SQS has some 150.</summary>
    private const int MaxArn = 1024;

    /// <summary>In bytes.</summary>
    private const int MuchLeft = 20 * 1024 * 1024;

    /// <summary>In bytes, of an escaped text that .NET may read.</summary>
    private const int MaxShort = 1024;

    /// <summary>In characters, of a name in a defect.</summary>
    private const int MaxShown = 100;

    private static readonly Queue Unnamed = new("");

    private byte[] unescaped = [];
    private int unescapedLength;
    private int eventLength;
    private Queue lastQueue = Unnamed;

    /// <summary>The messages of the event, in order. Their bodies hold until the event's bytes change or the next call.</summary>
    /// <param name="trace">The X-Ray header of the invocation; null when it has none.</param>
    /// <exception cref="InvalidEventException">The event is not JSON, not of SQS, or has a message without an id.</exception>
    public IReadOnlyList<Message> Read(ReadOnlyMemory<byte> json, string? trace)
    {
        (unescapedLength, eventLength) = (0, json.Length);
        if (json.Length > Large) MakeRoom();
        List<Message>? messages = null;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw InvalidEventException.NotSqs("it is not a JSON object");

            while (NextProperty(ref reader))
            {
                var isRecords = Is(ref reader, "Records"u8);
                reader.Read();
                if (isRecords && messages is not null) throw InvalidEventException.NotSqs("it has two members named Records");
                if (isRecords && reader.TokenType == JsonTokenType.StartArray) messages = ReadMessages(ref reader, json, trace);
                else reader.Skip();
            }

            // Whatever follows the object makes this throw.
            reader.Read();
        }
        catch (JsonException e)
        {
            throw new InvalidEventException($"The event is not valid JSON at byte {e.BytePositionInLine} of line {e.LineNumber}.");
        }

        return messages ?? throw InvalidEventException.NotSqs("it has no array named Records");
    }

    /// <summary>Where the last events left much behind. By itself .NET would let several times as much come together.</summary>
    private void MakeRoom()
    {
        if (unescaped.Length < eventLength) unescaped = [];
        if (GC.GetTotalMemory(forceFullCollection: false) < MuchLeft) return;

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private List<Message> ReadMessages(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string? trace)
    {
        var messages = new List<Message>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw InvalidEventException.NotSqs($"Records[{messages.Count}] is not an object");

            messages.Add(ReadMessage(ref reader, messages.Count, json, trace));
        }

        return messages;
    }

    private Message ReadMessage(ref Utf8JsonReader reader, int position, ReadOnlyMemory<byte> json, string? trace)
    {
        string? id = null, source = null, defect = null;
        var queue = Unnamed;
        ReadOnlyMemory<byte>? body = null;
        ReadOnlyMemory<byte> receiptHandle = default;
        SystemAttributes system = default;
        List<MessageAttribute>? attributes = null;
        while (NextProperty(ref reader))
        {
            if (Take(ref reader, "messageId"u8)) id = ReadText(ref reader, "messageId", ref defect);
            else if (Take(ref reader, "receiptHandle"u8)) receiptHandle = ReadBytes(ref reader, json, "receiptHandle", ref defect);
            else if (Take(ref reader, "body"u8)) body = ReadBody(ref reader, json, ref defect);
            else if (Take(ref reader, "attributes"u8)) system = ReadSystemAttributes(ref reader, ref defect);
            else if (Take(ref reader, "messageAttributes"u8)) attributes = ReadAttributes(ref reader, ref defect);
            else if (Take(ref reader, "eventSource"u8)) source = ReadText(ref reader, "eventSource", ref defect);
            else if (Take(ref reader, "eventSourceARN"u8)) queue = ReadQueue(ref reader);
            else reader.Skip();
        }

        if (source is not (null or "aws:sqs")) throw InvalidEventException.NotSqs($"Records[{position}] has another eventSource than aws:sqs");
        if (string.IsNullOrEmpty(id)) throw InvalidEventException.NotSqs($"Records[{position}] has no messageId");
        if (body is null) defect ??= Message.NoBody;
        if (id.Length > MaxId) defect ??= $"the messageId is longer than {MaxId} characters";

        return new()
        {
            Position = position,
            Id = id,
            ReceiptHandle = receiptHandle.Length <= MaxReceiptHandle ? receiptHandle : default,
            Queue = queue,
            Body = body.GetValueOrDefault(),
            Defect = defect,
            ReceiveCount = system.ReceiveCount,
            FirstReceivedAt = system.FirstReceivedAt,
            SentAt = system.SentAt,
            GroupId = system.GroupId,
            DeduplicationId = system.DeduplicationId,
            TraceHeader = system.TraceHeader,
            InvocationTraceHeader = trace,
            Attributes = attributes ?? (IReadOnlyList<MessageAttribute>)[],
        };
    }

    /// <summary>Null for null.</summary>
    private ReadOnlyMemory<byte>? ReadBody(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, ref string? defect)
    {
        if (reader.TokenType is JsonTokenType.Null) return null;
        if (reader.TokenType is not JsonTokenType.String) defect ??= "the body is not a string";

        return ReadBytes(ref reader, json, "body", ref defect);
    }

    /// <summary>Empty for anything but a string.</summary>
    private ReadOnlyMemory<byte> ReadBytes(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, string field, ref string? defect)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }

        if (!reader.ValueIsEscaped)
        {
            if (!Utf8.IsValid(reader.ValueSpan)) defect ??= $"the {field} is not UTF-8";
            var opening = (int)reader.TokenStartIndex;
            return json.Slice(opening + 1, reader.ValueSpan.Length);
        }

        if (Unescape(ref reader) is not { } text)
        {
            defect ??= NoUtf8(field);
            return default;
        }

        unescapedLength += text.Length;
        return text;
    }

    /// <summary>What is read of the event so far is no longer than it is there.</summary>
    /// <returns>Null for half a surrogate pair.</returns>
    private Memory<byte>? Unescape(ref Utf8JsonReader reader)
    {
        if (unescaped.Length < eventLength) unescaped = new byte[eventLength];
        var text = unescaped.AsMemory(unescapedLength);
        return JsonText.Copy(ref reader, text.Span) is { } length ? text[..length] : (Memory<byte>?)null;
    }

    /// <summary>
    /// Almost always the queue of the message before. An ARN without UTF-8 form is that of an unknown queue, which keeps no message from
    /// delivery.
    /// </summary>
    private Queue ReadQueue(ref Utf8JsonReader reader)
    {
        if (reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false } && reader.ValueTextEquals(lastQueue.Arn)) return lastQueue;
        if (reader.ValueSpan.Length > MaxArn)
        {
            reader.Skip();
            return Unnamed;
        }

        string? ignored = null;
        return lastQueue = ReadText(ref reader, "eventSourceARN", ref ignored) is { } arn ? new(arn) : Unnamed;
    }

    private SystemAttributes ReadSystemAttributes(ref Utf8JsonReader reader, ref string? defect)
    {
        SystemAttributes system = default;
        if (!EntersObject(ref reader)) return system;

        while (NextProperty(ref reader))
        {
            if (Take(ref reader, "ApproximateReceiveCount"u8)) system.ReceiveCount = Count(ref reader, ref defect);
            else if (Take(ref reader, "ApproximateFirstReceiveTimestamp"u8))
                system.FirstReceivedAt = Time(ref reader, ref defect);
            else if (Take(ref reader, "SentTimestamp"u8)) system.SentAt = Time(ref reader, ref defect);
            else if (Take(ref reader, "MessageGroupId"u8)) system.GroupId = Text(ref reader, ref defect);
            else if (Take(ref reader, "MessageDeduplicationId"u8)) system.DeduplicationId = Text(ref reader, ref defect);
            else if (Take(ref reader, "AWSTraceHeader"u8)) system.TraceHeader = Text(ref reader, ref defect);
            else reader.Skip();
        }

        return system;

        string? Text(ref Utf8JsonReader reader, ref string? defect) => ReadText(ref reader, "system attribute", ref defect);

        // Each message has a count and both times, so they are not made strings.
        int? Count(ref Utf8JsonReader reader, ref string? defect) =>
            reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false }
                ? SystemAttributeText.Count(reader.ValueSpan)
                : SystemAttributeText.Count(Text(ref reader, ref defect));

        DateTimeOffset? Time(ref Utf8JsonReader reader, ref string? defect) =>
            reader is { TokenType: JsonTokenType.String, ValueIsEscaped: false }
                ? SystemAttributeText.Time(reader.ValueSpan)
                : SystemAttributeText.Time(Text(ref reader, ref defect));
    }

    /// <summary>Null: there are none, as in most messages, and no list is made.</summary>
    private List<MessageAttribute>? ReadAttributes(ref Utf8JsonReader reader, ref string? defect)
    {
        if (!EntersObject(ref reader)) return null;

        List<MessageAttribute>? attributes = null;

        while (NextProperty(ref reader))
        {
            var name = ReadText(ref reader, "attribute name", ref defect) ?? "";
            reader.Read();
            if (ReadAttribute(ref reader, name, ref defect) is { } attribute) (attributes ??= []).Add(attribute);
        }

        return attributes;
    }

    /// <summary>Null when it is none that SQS knows.</summary>
    private MessageAttribute? ReadAttribute(ref Utf8JsonReader reader, string name, ref string? defect)
    {
        string? type = null, text = null, base64 = null;
        if (!EntersObject(ref reader)) return null;

        while (NextProperty(ref reader))
        {
            if (Take(ref reader, "dataType"u8)) type = ReadType(ref reader, ref defect);
            else if (Take(ref reader, "stringValue"u8)) text = ReadText(ref reader, "attribute", ref defect, name);
            else if (Take(ref reader, "binaryValue"u8)) base64 = ReadText(ref reader, "attribute", ref defect, name);
            else reader.Skip();
        }

        return MessageAttribute.Of(name, type, text, base64);
    }

    private string? ReadType(ref Utf8JsonReader reader, ref string? defect) =>
        reader.TokenType is JsonTokenType.String && JsonText.Is(ref reader, "String"u8) is true
            ? "String"
            : ReadText(ref reader, "dataType", ref defect);

    /// <summary>Null for anything but a string.</summary>
    /// <param name="name">Behind that of the field, where it has one of its own.</param>
    private string? ReadText(ref Utf8JsonReader reader, string field, ref string? defect, string? name = null)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            reader.Skip();
            return null;
        }

        // .NET would keep the room that it takes for a long one.
        var text = reader.ValueIsEscaped && reader.ValueSpan.Length > MaxShort ? LongText(ref reader) : JsonText.Of(ref reader);
        if (text is null) defect ??= NoUtf8(name is null ? field : $"{field} {(name.Length <= MaxShown ? name : name[..MaxShown] + "…")}");
        return text;
    }

    /// <summary>Null for half a surrogate pair and bytes that are not UTF-8.</summary>
    private string? LongText(ref Utf8JsonReader reader) =>
        Unescape(ref reader) is { } text && Utf8.IsValid(text.Span) ? Encoding.UTF8.GetString(text.Span) : null;

    /// <summary>Skips any value that is not an object.</summary>
    private static bool EntersObject(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject) return true;

        reader.Skip();
        return false;
    }

    private static bool NextProperty(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves to the value when the property has that name.</summary>
    private static bool Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        if (!Is(ref reader, name)) return false;

        reader.Read();
        return true;
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => JsonText.Is(ref reader, name)
        ?? throw InvalidEventException.NotSqs("a name in it holds half a surrogate pair and so has no UTF-8 form");

    private static string NoUtf8(string field) => $"the {field} holds half a surrogate pair and so has no UTF-8 form";

    /// <summary>What is read of a message's system attributes.</summary>
    private struct SystemAttributes
    {
        public int? ReceiveCount;
        public DateTimeOffset? FirstReceivedAt;
        public DateTimeOffset? SentAt;
        public string? GroupId;
        public string? DeduplicationId;
        public string? TraceHeader;
    }
}
