using System.Text;
using System.Text.Json;

namespace SqsAotLambda.Sqs;

/// <summary>
/// JSON put together of pieces, in the end in one buffer that is as long as it must be. .NET's own writer takes several times as much room for
/// long texts.
/// </summary>
internal sealed class JsonPieces
{
    /// <summary>In bytes or characters, of a text that is escaped as .NET does it: where that makes more of it, it does not matter.</summary>
    private const int MaxShort = 4096;

    private readonly List<(ReadOnlyMemory<byte> Utf8, string? Text, bool IsRaw)> pieces = [];

    /// <param name="json">As it is.</param>
    public JsonPieces Raw(string json)
    {
        pieces.Add((Encoding.UTF8.GetBytes(json), null, true));
        return this;
    }

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentException">The text has no UTF-8 form.</exception>
    public JsonPieces Text(string text)
    {
        if (text.Length > MaxShort) pieces.Add((default, text, false));
        else Short(JsonEncodedText.Encode(text));
        return this;
    }

    /// <inheritdoc cref="Text(string)"/>
    public JsonPieces Text(ReadOnlyMemory<byte> text)
    {
        if (text.Length > MaxShort) pieces.Add((text, null, false));
        else Short(JsonEncodedText.Encode(text.Span));
        return this;
    }

    /// <exception cref="ArgumentException">A text has no UTF-8 form.</exception>
    public byte[] ToArray()
    {
        var length = 0;
        foreach (var (utf8, text, isRaw) in pieces)
            length += isRaw ? utf8.Length : 2 + (text is null ? JsonString.LengthOf(utf8.Span) : JsonString.LengthOf(text));

        var json = LargeBuffers.New(length);
        var rest = json.AsSpan();
        foreach (var piece in pieces) rest = rest[Write(piece, rest)..];
        return json;
    }

    private void Short(JsonEncodedText text)
    {
        byte[] quoted = [(byte)'"', .. text.EncodedUtf8Bytes, (byte)'"'];
        pieces.Add((quoted, null, true));
    }

    private static int Write((ReadOnlyMemory<byte> Utf8, string? Text, bool IsRaw) piece, Span<byte> json)
    {
        var (utf8, text, isRaw) = piece;
        if (isRaw)
        {
            utf8.Span.CopyTo(json);
            return utf8.Length;
        }

        var length = text is null ? JsonString.Write(utf8.Span, json[1..]) : JsonString.Write(text, json[1..]);
        (json[0], json[length + 1]) = ((byte)'"', (byte)'"');
        return length + 2;
    }
}
