using System.Buffers;
using System.Globalization;
using System.Text;

namespace SqsAotLambda.Commands;

/// <summary>
/// Makes any bytes safe for a terminal, and readable back: what is not printable UTF-8 is written <c>\xNN</c>, and so is the
/// backslash of an <c>\x</c> that stands there itself.
/// </summary>
internal static class TerminalText
{
    /// <param name="plain">Control characters that stay as they are.</param>
    public static string Of(ReadOnlySpan<byte> bytes, string plain = "")
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            var isCharacter = Rune.DecodeFromUtf8(bytes, out var rune, out var length) is OperationStatus.Done;
            var shown = rune.ToString();
            if (isCharacter && (IsPrintable(rune) || plain.Contains(shown, StringComparison.Ordinal)) && !bytes.StartsWith("\\x"u8))
                text.Append(shown);
            else Escape(bytes[..length], text);
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    private static void Escape(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        foreach (var each in bytes) text.Append("\\x").Append(each.ToString("X2"));
    }

    /// <summary>Invisible characters may turn the direction of what stands around them.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
