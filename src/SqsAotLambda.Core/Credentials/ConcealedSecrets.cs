using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>The secrets of a request. Endpoints repeat them when they say why they refuse it; an answer that does is not passed on.</summary>
internal static class ConcealedSecrets
{
    /// <summary>In characters: so long a beginning at the end of a text counts as the secret, because the text may have been cut there.</summary>
    private const int TellingLength = 4;

    /// <summary>In characters: a shorter text of the settings, such as true or 1, is in so many others that only a whole word counts.</summary>
    private const int UnmistakableLength = 8;

    /// <summary>In characters, such as <c>&amp;#x2F;</c>.</summary>
    private const int MaxEscape = 6;

    /// <summary>Of a text, such as JSON in a text of JSON.</summary>
    private const int MaxDecodings = 3;

    /// <summary>Whether a text has a secret of the request in it, however it is encoded there.</summary>
    public static bool IsRevealedBy(this Request request, string text)
    {
        var forms = request.Secrets.SelectMany(FormsOf).ToList();
        return forms.Count > 0 && ReadingsOf(text).Any(reading => forms.Exists(form => IsIn(reading, form, asWord: false)));
    }

    /// <summary>Whether one of these, which may be secrets and may be everyday words, is in a text, however it is encoded there.</summary>
    public static bool MayBeRevealedBy(string text, IReadOnlyCollection<string> forms) =>
        forms.Count > 0 && ReadingsOf(text).Any(reading => forms.Any(form => IsIn(reading, form, asWord: form.Length < UnmistakableLength)));

    /// <summary>What a secret may look like in a text that is decoded.</summary>
    public static IEnumerable<string> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (secret.Length == 0) yield break;

        yield return secret;
        yield return Convert.ToHexStringLower(bytes);
        for (var offset = 0; offset < 3; offset++)
        {
            if (Base64Of(bytes, offset) is not { Length: >= TellingLength } base64) continue;

            yield return base64;
            if (base64.AsSpan().ContainsAny('+', '/')) yield return base64.Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>What a secret may look like in a text that is shown as it is.</summary>
    public static IEnumerable<string> ShownFormsOf(string secret) =>
    [
        .. FormsOf(secret),
        Uri.EscapeDataString(secret),
        Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal),
        JsonEncodedText.Encode(secret).ToString(),
        JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        WebUtility.HtmlEncode(secret),
    ];

    /// <summary>Behind so many other bytes, without the characters that these, or what follows, have a part in.</summary>
    private static string Base64Of(byte[] bytes, int offset)
    {
        var whole = Convert.ToBase64String([.. new byte[offset], .. bytes]).TrimEnd('=');
        var shared = (offset + bytes.Length) % 3 == 0 ? 0 : 1;
        return whole.Length > offset + shared + 1 ? whole[(offset == 0 ? 0 : offset + 1)..^shared] : "";
    }

    /// <summary>A text as it is, and as decoders of URLs, HTML and JSON would read it, one after the other and again.</summary>
    private static IEnumerable<string> ReadingsOf(string text)
    {
        yield return text;
        for (var times = 0; times < MaxDecodings; times++)
        {
            // In a form a space is a plus.
            if (text.Contains('+')) yield return Decode(text.Replace('+', ' '));
            var decoded = Decode(text);
            if (decoded == text) yield break;

            yield return text = decoded;
        }
    }

    private static string Decode(string text) => WebUtility.HtmlDecode(Uri.UnescapeDataString(UnescapeJson(text)));

    private static string UnescapeJson(string text)
    {
        if (!text.Contains('\\')) return text;

        var read = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var isEscape = text[at] == '\\' && at + 1 < text.Length;
            if (!isEscape) read.Append(text[at]);
            else if (text[at + 1] != 'u')
                read.Append(text[++at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var sign => sign });
            else if (at + 6 <= text.Length
                && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit))
                (read, at) = (read.Append((char)unit), at + 5);
            else read.Append(text[at]);
        }

        return read.ToString();
    }

    /// <summary>In any case: hexadecimal digits of escapes come in both.</summary>
    private static bool IsIn(string text, string form, bool asWord)
    {
        for (var at = 0; (at = text.IndexOf(form, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (!asWord || (BeginsWord(text.AsSpan(0, at), form) && EndsWord(form, text.AsSpan(at + form.Length)))) return true;
        }

        // Half a character, or half an escape, where the text was cut inside one.
        var end = text.AsSpan().TrimEnd('\uFFFD');
        var escape = end.LastIndexOfAny('\\', '%', '&');
        return EndsInside(end, form, asWord) || (escape >= end.Length - MaxEscape && escape >= 0 && EndsInside(end[..escape], form, asWord));
    }

    private static bool EndsInside(ReadOnlySpan<char> text, string form, bool asWord)
    {
        for (var length = Math.Min(form.Length - 1, text.Length); length >= TellingLength; length--)
        {
            var isCutOff = text.EndsWith(form.AsSpan(0, length), StringComparison.OrdinalIgnoreCase);
            if (isCutOff && (!asWord || BeginsWord(text[..^length], form))) return true;
        }

        return false;
    }

    /// <summary>An escape before it, such as %3D or \u003d, is no part of its word.</summary>
    private static bool BeginsWord(ReadOnlySpan<char> before, string form) =>
        before.IsEmpty || !char.IsLetterOrDigit(form[0]) || !char.IsLetterOrDigit(before[^1])
        || before is [.., '%', _, _] or [.., '\\', 'u', _, _, _, _] or [.., '\\', 'b' or 'f' or 'n' or 'r' or 't'];

    private static bool EndsWord(string form, ReadOnlySpan<char> behind) =>
        behind.IsEmpty || !char.IsLetterOrDigit(form[^1]) || !char.IsLetterOrDigit(behind[0]);
}
