using System.Buffers;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Makes any text safe as an HTTP header value.</summary>
internal static class HeaderText
{
    /// <summary>U+0020 to U+007E without <c>%</c>.</summary>
    private static readonly SearchValues<char> Plain =
        SearchValues.Create(" !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The same without space and <c>"</c>.</summary>
    private static readonly SearchValues<char> PlainForCloudEvents =
        SearchValues.Create("!#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A <see href="https://www.rfc-editor.org/rfc/rfc9110#name-tokens">token</see> of HTTP.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    public static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Without outer spaces; <c>%</c> and all but U+0020 to U+007E percent-encoded as UTF-8.</summary>
    public static string Encode(string text) => TryEncode(text, Plain, int.MaxValue)!;

    /// <summary>
    /// As <see
    /// href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values">CloudEvents</see>
    /// has it: space, <c>"</c>, <c>%</c> and all but U+0021 to U+007E percent-encoded as UTF-8.
    /// </summary>
    public static string EncodeForCloudEvents(string text) => TryEncode(text, PlainForCloudEvents, int.MaxValue)!;

    /// <summary>As <see cref="Encode"/> has it; null when that is more than so many bytes, of which no more is made.</summary>
    public static string? TryEncode(string text, int max) => TryEncode(text, Plain, max);

    /// <summary>As <see cref="EncodeForCloudEvents"/> has it; null when that is more than so many bytes, of which no more is made.</summary>
    public static string? TryEncodeForCloudEvents(string text, int max) => TryEncode(text, PlainForCloudEvents, max);

    private static string? TryEncode(string text, SearchValues<char> plain, int max)
    {
        var value = plain == Plain ? text.AsSpan().Trim(' ') : text;
        // Nothing becomes shorter.
        if (value.Length > max) return null;

        var plainEnd = value.IndexOfAnyExcept(plain);
        if (plainEnd < 0) return value.Length == text.Length ? text : value.ToString();

        var encoded = new StringBuilder(value.Length + 16).Append(value[..plainEnd]);
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in value[plainEnd..].EnumerateRunes())
        {
            if (rune.IsAscii && plain.Contains((char)rune.Value)) encoded.Append((char)rune.Value);
            else foreach (var octet in octets[..rune.EncodeToUtf8(octets)]) encoded.Append('%').Append(Digit(octet >> 4)).Append(Digit(octet & 15));

            if (encoded.Length > max) return null;
        }

        return encoded.ToString();

        static char Digit(int value) => "0123456789ABCDEF"[value];
    }
}
