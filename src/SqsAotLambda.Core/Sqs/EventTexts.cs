using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>
/// Reads the strings of an event. A body is never made a string of .NET: one without escapes stays where it is, the others go to one buffer,
/// used again for the next event.
/// </summary>
internal sealed class EventTexts
{
    /// <summary>In bytes, of an event.</summary>
    private const int Large = 1024 * 1024;

    /// <summary>In bytes.</summary>
    private const int MuchLeft = 20 * 1024 * 1024;

    /// <summary>In bytes, of an escaped text that .NET may read.</summary>
    private const int MaxShort = 1024;

    /// <summary>In characters, of a name in a defect.</summary>
    private const int MaxShown = 100;

    private ReadOnlyMemory<byte> json;
    private byte[] unescaped = [];
    private int unescapedLength;

    /// <summary>What was read of the event before holds no longer.</summary>
    public void Begin(ReadOnlyMemory<byte> json)
    {
        (this.json, unescapedLength) = (json, 0);
        if (json.Length > Large) MakeRoom();
    }

    /// <summary>Empty for anything but a string.</summary>
    public ReadOnlyMemory<byte> Bytes(ref Utf8JsonReader reader, string field, ref string? defect)
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
        if (unescaped.Length < json.Length) unescaped = new byte[json.Length];
        var text = unescaped.AsMemory(unescapedLength);
        return JsonText.Copy(ref reader, text.Span) is { } length ? text[..length] : (Memory<byte>?)null;
    }

    /// <summary>Null for anything but a string.</summary>
    /// <param name="name">Behind that of the field, where it has one of its own.</param>
    public string? Text(ref Utf8JsonReader reader, string field, ref string? defect, string? name = null)
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

    /// <summary>Where the last events left much behind. By itself .NET would let several times as much come together.</summary>
    private void MakeRoom()
    {
        if (unescaped.Length < json.Length) unescaped = [];
        if (GC.GetTotalMemory(forceFullCollection: false) < MuchLeft) return;

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static string NoUtf8(string field) => $"the {field} holds half a surrogate pair and so has no UTF-8 form";
}
