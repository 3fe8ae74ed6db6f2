using System.Text.Json;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>
/// Stage 2 of the path of a message: reads
/// <see href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">SQS events</see> in one pass over their bytes.
/// </summary>
internal sealed class EventReader
{
    /// <summary>In characters and bytes; those of SQS have 100 and 1,024 at most:
    /// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html.</summary>
    private const int MaxId = 1024, MaxReceiptHandle = 8192;

    /// <summary>In bytes; one of SQS has some 150.</summary>
    private const int MaxArn = 1024;

    private static readonly Queue Unnamed = new("");

    private readonly EventTexts texts = new();
    private Queue lastQueue = Unnamed;

    /// <summary>The messages of the event, in order. Their bodies hold until the event's bytes change or the next call.</summary>
    /// <param name="trace">The X-Ray header of the invocation; null when it has none.</param>
    /// <exception cref="InvalidEventException">The event is not JSON, not of SQS, or has a message without an id.</exception>
    public IReadOnlyList<Message> Read(ReadOnlyMemory<byte> json, string? trace)
    {
        texts.Begin(json);
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
                if (isRecords && reader.TokenType == JsonTokenType.StartArray) messages = ReadMessages(ref reader, trace);
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

    private List<Message> ReadMessages(ref Utf8JsonReader reader, string? trace)
    {
        var messages = new List<Message>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw InvalidEventException.NotSqs($"Records[{messages.Count}] is not an object");

            messages.Add(ReadMessage(ref reader, messages.Count, trace));
        }

        return messages;
    }

    private Message ReadMessage(ref Utf8JsonReader reader, int position, string? trace)
    {
        var read = ReadMembers(ref reader);
        var defect = read.Defect;
        if (read.Source is not (null or "aws:sqs")) throw InvalidEventException.NotSqs($"Records[{position}] has another eventSource than aws:sqs");
        if (string.IsNullOrEmpty(read.Id)) throw InvalidEventException.NotSqs($"Records[{position}] has no messageId");
        if (read.Body is null) defect ??= Message.NoBody;
        if (read.Id.Length > MaxId) defect ??= $"the messageId is longer than {MaxId} characters";

        return new()
        {
            Position = position,
            Id = read.Id,
            ReceiptHandle = read.ReceiptHandle.Length <= MaxReceiptHandle ? read.ReceiptHandle : default,
            Queue = read.Queue ?? Unnamed,
            Body = read.Body.GetValueOrDefault(),
            Defect = defect,
            ReceiveCount = read.System.ReceiveCount,
            FirstReceivedAt = read.System.FirstReceivedAt,
            SentAt = read.System.SentAt,
            GroupId = read.System.GroupId,
            DeduplicationId = read.System.DeduplicationId,
            TraceHeader = read.System.TraceHeader,
            InvocationTraceHeader = trace,
            Attributes = read.Attributes ?? (IReadOnlyList<MessageAttribute>)[],
        };
    }

    private Members ReadMembers(ref Utf8JsonReader reader)
    {
        Members read = default;
        ref var defect = ref read.Defect;
        while (NextProperty(ref reader))
        {
            if (Take(ref reader, "messageId"u8)) read.Id = texts.Text(ref reader, "messageId", ref defect);
            else if (Take(ref reader, "receiptHandle"u8)) read.ReceiptHandle = texts.Bytes(ref reader, "receiptHandle", ref defect);
            else if (Take(ref reader, "body"u8)) read.Body = ReadBody(ref reader, ref defect);
            else if (Take(ref reader, "attributes"u8)) read.System = ReadSystemAttributes(ref reader, ref defect);
            else if (Take(ref reader, "messageAttributes"u8)) read.Attributes = ReadAttributes(ref reader, ref defect);
            else if (Take(ref reader, "eventSource"u8)) read.Source = texts.Text(ref reader, "eventSource", ref defect);
            else if (Take(ref reader, "eventSourceARN"u8)) read.Queue = ReadQueue(ref reader);
            else reader.Skip();
        }

        return read;
    }

    /// <summary>Null for null.</summary>
    private ReadOnlyMemory<byte>? ReadBody(ref Utf8JsonReader reader, ref string? defect)
    {
        if (reader.TokenType is JsonTokenType.Null) return null;
        if (reader.TokenType is not JsonTokenType.String) defect ??= "the body is not a string";

        return texts.Bytes(ref reader, "body", ref defect);
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
        return lastQueue = texts.Text(ref reader, "eventSourceARN", ref ignored) is { } arn ? new(arn) : Unnamed;
    }

    private SystemAttributes ReadSystemAttributes(ref Utf8JsonReader reader, ref string? defect)
    {
        SystemAttributes system = default;
        if (!EntersObject(ref reader)) return system;

        while (NextProperty(ref reader))
        {
            if (Take(ref reader, "ApproximateReceiveCount"u8)) system.ReceiveCount = Count(ref reader, ref defect);
            else if (Take(ref reader, "ApproximateFirstReceiveTimestamp"u8)) system.FirstReceivedAt = Time(ref reader, ref defect);
            else if (Take(ref reader, "SentTimestamp"u8)) system.SentAt = Time(ref reader, ref defect);
            else if (Take(ref reader, "MessageGroupId"u8)) system.GroupId = Text(ref reader, ref defect);
            else if (Take(ref reader, "MessageDeduplicationId"u8)) system.DeduplicationId = Text(ref reader, ref defect);
            else if (Take(ref reader, "AWSTraceHeader"u8)) system.TraceHeader = Text(ref reader, ref defect);
            else reader.Skip();
        }

        return system;

        string? Text(ref Utf8JsonReader reader, ref string? defect) => texts.Text(ref reader, "system attribute", ref defect);

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
            var name = texts.Text(ref reader, "attribute name", ref defect) ?? "";
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
            else if (Take(ref reader, "stringValue"u8)) text = texts.Text(ref reader, "attribute", ref defect, name);
            else if (Take(ref reader, "binaryValue"u8)) base64 = texts.Text(ref reader, "attribute", ref defect, name);
            else reader.Skip();
        }

        return MessageAttribute.Of(name, type, text, base64);
    }

    private string? ReadType(ref Utf8JsonReader reader, ref string? defect) =>
        reader.TokenType is JsonTokenType.String && JsonText.Is(ref reader, "String"u8) is true
            ? "String"
            : texts.Text(ref reader, "dataType", ref defect);

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

    /// <summary>What is read of a message.</summary>
    private struct Members
    {
        public string? Id, Source, Defect;
        public Queue? Queue;
        public ReadOnlyMemory<byte>? Body;
        public ReadOnlyMemory<byte> ReceiptHandle;
        public SystemAttributes System;
        public List<MessageAttribute>? Attributes;
    }
}
