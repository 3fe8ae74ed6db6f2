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
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%')) return text;

        var encoded = new StringBuilder(text.Length + 16);
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (unit is >= (byte)' ' and <= (byte)'~' and not (byte)'%') encoded.Append((char)unit);
            else encoded.Append('%').Append(unit.ToString("X2"));
        }

        return encoded.ToString();
    }
}
