using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace SqsAotLambda.Sqs;

/// <summary>
/// Strings of JSON on their bytes. They are written with no more escapes than JSON asks for, so that none is longer than in the event it comes
/// from: .NET's own writer makes six bytes of one, and takes room for that.
/// </summary>
internal static class JsonString
{
    /// <summary>In bytes, of what one byte of text can be written as: <c>\u0041</c>.</summary>
    public const int MaxEscape = 6;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(each => (byte)each), (byte)'"', (byte)'\\']);
    private static readonly SearchValues<char> EscapedCharacters = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(each => (char)each), '"', '\\']);

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a string of JSON begins with a text, of which no more is looked at.</summary>
    /// <param name="json">With its quotes.</param>
    public static bool StartsWith(ReadOnlySpan<byte> json, string text)
    {
        var rest = json[1..^1];
        foreach (var expected in text.EnumerateRunes())
        {
            if (!TryTake(ref rest, out var rune) || rune != expected) return false;
        }

        return true;
    }

    /// <summary>In bytes, without quotes.</summary>
    /// <exception cref="ArgumentException">The text is not UTF-8.</exception>
    public static int LengthOf(ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text)) throw new ArgumentException("The text is not UTF-8.", nameof(text));

        var length = text.Length;
        for (; text.IndexOfAny(Escaped) is >= 0 and var at; text = text[(at + 1)..]) length += ExtraOf(text[at]);
        return length;
    }

    /// <inheritdoc cref="LengthOf(ReadOnlySpan{byte})"/>
    public static int LengthOf(string text)
    {
        var length = Strict.GetByteCount(text);
        var rest = text.AsSpan();
        for (; rest.IndexOfAny(EscapedCharacters) is >= 0 and var at; rest = rest[(at + 1)..]) length += ExtraOf((byte)rest[at]);
        return length;
    }

    /// <summary>Writes a text without quotes.</summary>
    /// <returns>As many bytes as <see cref="LengthOf(ReadOnlySpan{byte})"/> says.</returns>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> json)
    {
        var rest = json;
        for (; text.IndexOfAny(Escaped) is >= 0 and var at; text = text[(at + 1)..])
        {
            var character = text[at];
            text[..at].CopyTo(rest);
            rest = rest[at..];
            rest = rest[WriteEscape(character, rest)..];
        }

        text.CopyTo(rest);
        return json.Length - rest.Length + text.Length;
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, Span{byte})"/>
    public static int Write(string text, Span<byte> json)
    {
        // At the end, from where it moves forward as it grows.
        var (length, plainLength) = (LengthOf(text), Encoding.UTF8.GetByteCount(text));
        var plain = json[(length - plainLength)..length];
        Encoding.UTF8.GetBytes(text, plain);
        return plainLength < length ? Write(plain, json) : length;
    }

    private static int ExtraOf(byte character) => ShortFormOf(character) == 0 ? 5 : 1;

    private static byte ShortFormOf(byte character) => character switch
    {
        (byte)'"' or (byte)'\\' => character,
        (byte)'\b' => (byte)'b',
        (byte)'\t' => (byte)'t',
        (byte)'\n' => (byte)'n',
        (byte)'\f' => (byte)'f',
        (byte)'\r' => (byte)'r',
        _ => 0,
    };

    /// <returns>How many bytes.</returns>
    private static int WriteEscape(byte character, Span<byte> json)
    {
        json[0] = (byte)'\\';
        if (ShortFormOf(character) is > 0 and var form)
        {
            json[1] = form;
            return 2;
        }

        "u00"u8.CopyTo(json[1..]);
        (json[4], json[5]) = ("0123456789abcdef"u8[character >> 4], "0123456789abcdef"u8[character & 15]);
        return 6;
    }

    /// <summary>The next character of a string; false where none follows, or half a surrogate pair.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> json, out Rune rune)
    {
        if (json.IsEmpty || json[0] != '\\')
        {
            var isWhole = Rune.DecodeFromUtf8(json, out rune, out var length) is OperationStatus.Done;
            json = json[length..];
            return isWhole;
        }

        if (json[1] != 'u')
        {
            rune = new((char)json[1] switch { 'b' => '\b', 't' => '\t', 'n' => '\n', 'f' => '\f', 'r' => '\r', var itself => itself });
            json = json[2..];
            return true;
        }

        var unit = UnitOf(json);
        json = json[6..];
        if (Rune.TryCreate(unit, out rune)) return true;
        if (!json.StartsWith("\\u"u8) || !Rune.TryCreate(unit, UnitOf(json), out rune)) return false;

        json = json[6..];
        return true;
    }

    private static char UnitOf(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
