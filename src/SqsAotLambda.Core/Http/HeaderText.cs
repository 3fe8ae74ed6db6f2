using System.Buffers;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Makes any text safe as an HTTP header value.</summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("%"), SpecialForCloudEvents = SearchValues.Create(" \"%");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A <see href="https://www.rfc-editor.org/rfc/rfc9110#name-tokens">token</see> of HTTP.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    public static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Without outer spaces; <c>%</c> and all but U+0020 to U+007E percent-encoded as UTF-8.</summary>
    public static string Encode(string text) => TryEncode(text, Special, int.MaxValue)!;

    /// <summary>
    /// As <see
    /// href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values">CloudEvents</see>
    /// has it: space, <c>"</c>, <c>%</c> and all but U+0021 to U+007E percent-encoded as UTF-8.
    /// </summary>
    public static string EncodeForCloudEvents(string text) => TryEncode(text, SpecialForCloudEvents, int.MaxValue)!;

    /// <summary>As <see cref="Encode"/> has it; null when that is more than so many bytes, of which no more is made.</summary>
    public static string? TryEncode(string text, int max) => TryEncode(text, Special, max);

    /// <summary>As <see cref="EncodeForCloudEvents"/> has it; null when that is more than so many bytes, of which no more is made.</summary>
    public static string? TryEncodeForCloudEvents(string text, int max) => TryEncode(text, SpecialForCloudEvents, max);

    private static string? TryEncode(string text, SearchValues<char> special, int max)
    {
        var value = special == Special ? text.AsSpan().Trim(' ') : text;
        // Nothing becomes shorter.
        if (value.Length > max) return null;

        var end = value.IndexOfAnyExceptInRange(' ', '~');
        var plainEnd = value[..(end < 0 ? value.Length : end)].IndexOfAny(special) is >= 0 and var sooner ? sooner : end;
        if (plainEnd < 0) return value.Length == text.Length ? text : value.ToString();

        var encoded = new StringBuilder(value.Length + 16).Append(value[..plainEnd]);
        Span<byte> octets = stackalloc byte[4];
        foreach (var rune in value[plainEnd..].EnumerateRunes())
        {
            if (rune.Value is >= ' ' and <= '~' && !special.Contains((char)rune.Value)) encoded.Append((char)rune.Value);
            else foreach (var octet in octets[..rune.EncodeToUtf8(octets)]) encoded.Append('%').Append(Digit(octet >> 4)).Append(Digit(octet & 15));

            if (encoded.Length > max) return null;
        }

        return encoded.ToString();

        static char Digit(int value) => "0123456789ABCDEF"[value];
    }
}
