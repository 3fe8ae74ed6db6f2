using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>Values of a JSON text that were looked for. It remembers no more of them than the text is worth.</summary>
internal sealed class FoundValues(ReadOnlyMemory<byte> json)
{
    /// <summary>In bytes of the text, for each value that is remembered beyond the first few.</summary>
    private const int BytesPerValue = 128;

    /// <summary>In bytes: a shorter text is looked through in no time.</summary>
    private const int Long = 16 * 1024;

    private readonly List<(JsonPointer Pointer, ReadOnlyMemory<byte> Value)> found = new(1);

    /// <summary>The texts of strings that were read as JSON; null: none was. Settings name few of them.</summary>
    private List<(JsonPointer Pointer, ReadOnlyMemory<byte> Text)>? texts;

    public bool AreOf(ReadOnlyMemory<byte> text) => json.Equals(text);

    /// <param name="isOver">Whether the time for it is; null: it is never.</param>
    /// <exception cref="OutOfTimeException">It is, and the text is long.</exception>
    public ReadOnlyMemory<byte> At(JsonPointer pointer, Func<bool>? isOver)
    {
        foreach (var (known, value) in found)
        {
            if (known.Text == pointer.Text) return value;
        }

        var text = pointer.Outer is null ? json : TextAt(pointer.Outer, isOver);
        if (text.Length > Long && isOver?.Invoke() is true) throw new OutOfTimeException();

        var searched = pointer.Find(text);
        if (pointer.IsForm) searched = FormEncoded.ToJson(searched.Span);
        if (found.Count < 4 + (json.Length / BytesPerValue)) found.Add((pointer, searched));
        return searched;
    }

    private ReadOnlyMemory<byte> TextAt(JsonPointer pointer, Func<bool>? isOver)
    {
        foreach (var (known, text) in texts ??= [])
        {
            if (known.Text == pointer.Text) return text;
        }

        var read = TextOf(At(pointer, isOver));
        texts.Add((pointer, read));
        return read;
    }

    /// <summary>Without quotes and escapes; empty: it is no string, or none that has a UTF-8 form.</summary>
    private static ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty || value.Span[0] != '"') return default;

        var reader = new Utf8JsonReader(value.Span);
        reader.Read();
        if (!reader.ValueIsEscaped) return value[1..^1];

        var text = LargeBuffers.New(reader.ValueSpan.Length);
        return text.AsMemory(0, JsonText.Copy(ref reader, text) ?? 0);
    }
}

/// <summary>
/// Texts as HTML forms are sent, <c>red+flower%2B1.jpg</c>: <see href="https://url.spec.whatwg.org/#application/x-www-form-urlencoded"/>. S3's
/// events write the keys of objects so.
/// </summary>
internal static class FormEncoded
{
    /// <summary>The text of a JSON string without that encoding, as a JSON string again; empty: it is none.</summary>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != '"' || JsonText.Of(json) is not { } text) return default;

        var decoded = JsonEncodedText.Encode(Uri.UnescapeDataString(text.Replace('+', ' '))).EncodedUtf8Bytes;
        var quoted = new byte[decoded.Length + 2];
        quoted[0] = quoted[^1] = (byte)'"';
        decoded.CopyTo(quoted.AsSpan(1));
        return quoted;
    }
}
