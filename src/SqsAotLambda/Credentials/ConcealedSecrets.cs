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

    /// <summary>Whether a text has a secret of the request in it: as it is, in base64, percent-encoded or escaped for JSON or HTML.</summary>
    public static bool IsRevealedBy(this Request request, string text) =>
        request.Secrets.Any(secret => FormsOf(secret).Any(form => IsIn(text, form, asWord: false)));

    /// <summary>Whether a text has this form of something in it that may be a secret, and may be an everyday word.</summary>
    public static bool MayBeRevealedBy(string text, string form) => IsIn(text, form, asWord: form.Length < UnmistakableLength);

    /// <summary>What a secret may look like in a text.</summary>
    public static IEnumerable<string> FormsOf(string secret) => new[]
    {
        secret,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
        Uri.EscapeDataString(secret),
        Uri.EscapeDataString(secret).Replace("%20", "+", StringComparison.Ordinal),
        JsonEncodedText.Encode(secret).ToString(),
        JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
        WebUtility.HtmlEncode(secret),
    }.Distinct();

    /// <summary>In any case: hexadecimal digits of escapes come in both.</summary>
    private static bool IsIn(string text, string form, bool asWord)
    {
        for (var at = 0; (at = text.IndexOf(form, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if (!asWord || (BeginsWord(text.AsSpan(0, at), form) && EndsWord(form, text.AsSpan(at + form.Length)))) return true;
        }

        // Half a character, where the text was cut inside one.
        var end = text.AsSpan().TrimEnd('\uFFFD');
        for (var length = Math.Min(form.Length - 1, end.Length); length >= TellingLength; length--)
        {
            var isCutOff = end.EndsWith(form.AsSpan(0, length), StringComparison.OrdinalIgnoreCase);
            if (isCutOff && (!asWord || BeginsWord(end[..^length], form))) return true;
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
