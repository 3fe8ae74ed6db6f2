using System.Text.Json;

namespace SqsAotLambda.Reading;

/// <summary>
/// Reads texts of JSON that may be anything. One with half a surrogate pair, or whose bytes are not UTF-8, is no text. .NET says so by an
/// exception, which is caught here alone.
/// </summary>
internal static class JsonText
{
    /// <summary>What JSON has in it, behind a byte order mark or not; of another text, something that is of no kind.</summary>
    public static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(ByteOrderMark.Skip(json));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>Whether all names and strings in JSON are texts.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && Of(ref reader) is null) return false;
        }

        return true;
    }

    /// <summary>That of a string.</summary>
    /// <param name="json">With its quotes.</param>
    /// <returns>Null: it is none.</returns>
    public static string? Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Of(ref reader);
    }

    /// <summary>That of the string or the name at which a reader is.</summary>
    /// <returns>Null: it is none.</returns>
    public static string? Of(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Copies that of a string, without its escapes.</summary>
    /// <param name="to">As long as the string is in JSON.</param>
    /// <returns>How many bytes; null: it is none.</returns>
    public static int? Copy(ref Utf8JsonReader reader, scoped Span<byte> to)
    {
        try
        {
            return reader.CopyString(to);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Copy(ref Utf8JsonReader, Span{byte})"/>
    /// <returns>How many characters; null: it is none.</returns>
    public static int? Copy(ref Utf8JsonReader reader, scoped Span<char> to)
    {
        try
        {
            return reader.CopyString(to);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the name or the string at which a reader is has this text; null where that can't be said, because it is none.</summary>
    public static bool? Is(ref Utf8JsonReader reader, ReadOnlySpan<char> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Is(ref Utf8JsonReader, ReadOnlySpan{char})"/>
    public static bool? Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> text) =>
        reader.ValueIsEscaped ? IsEscaped(ref reader, text) : reader.ValueSpan.SequenceEqual(text);

    private static bool? IsEscaped(ref Utf8JsonReader reader, ReadOnlySpan<byte> text)
    {
        try
        {
            return reader.ValueTextEquals(text);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null where there is no such member, or it is no text.</summary>
    public static string? Member(JsonElement json, string name) =>
        Read(json, name, member => member.ValueKind is JsonValueKind.String ? member.GetString() : null);

    /// <summary>That of an object inside; null as for <see cref="Member(JsonElement, string)"/>.</summary>
    public static string? Member(JsonElement json, string outer, string name) => Read(json, outer, member => Member(member, name));

    /// <summary>The text of a number, or a text; null as for <see cref="Member(JsonElement, string)"/>.</summary>
    public static string? NumberMember(JsonElement json, string name) =>
        Read(json, name, member => member.ValueKind switch
        {
            JsonValueKind.Number => member.GetRawText(),
            JsonValueKind.String => member.GetString(),
            _ => "",
        });

    /// <summary>The elements of an array; none where there is no such member, or it is no array.</summary>
    public static IEnumerable<JsonElement> ArrayMember(JsonElement json, string name) =>
        Read<JsonElement?>(json, name, member => member.ValueKind is JsonValueKind.Array ? member : null) is { } array ? array.EnumerateArray() : [];

    private static T? Read<T>(JsonElement json, string name, Func<JsonElement, T?> read)
    {
        try
        {
            return json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var member) ? read(member) : default;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }
}
