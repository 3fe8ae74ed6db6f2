using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Makes any text safe as an HTTP header value.</summary>
internal static class HeaderText
{
    public static bool IsPrintable(string text) => !text.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Without outer spaces; <c>%</c> and all but U+0020 to U+007E percent-encoded as UTF-8.</summary>
    public static string Encode(string text)
    {
        text = text.Trim(' ');
        return text.AsSpan().ContainsAnyExceptInRange(' ', '~') || text.Contains('%') ? Encode(text, "%"u8) : text;
    }

    /// <summary>
    /// As <see href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values">CloudEvents</see>
    /// has it: space, <c>"</c>, <c>%</c> and all but U+0021 to U+007E percent-encoded as UTF-8.
    /// </summary>
    public static string EncodeForCloudEvents(string text) =>
        text.AsSpan().ContainsAnyExceptInRange('!', '~') || text.AsSpan().ContainsAny('"', '%') ? Encode(text, " \"%"u8) : text;

    private static string Encode(string text, ReadOnlySpan<byte> others)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (unit is >= (byte)' ' and <= (byte)'~' && !others.Contains(unit)) encoded.Append((char)unit);
            else encoded.Append('%').Append(unit.ToString("X2"));
        }

        return encoded.ToString();
    }
}
