using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>The secrets of a request. Endpoints repeat them when they say why they refuse it; what does is not passed on.</summary>
internal static class ConcealedSecrets
{
    /// <summary>In characters: so long a beginning at the end of a text counts as the secret, because the text may have been cut there.</summary>
    private const int TellingLength = 4;

    /// <summary>Whether a text has a secret of the request in it: as it is, in base64, percent-encoded or escaped for JSON.</summary>
    public static bool IsRevealedBy(this Request request, string text) => request.Secrets.Any(secret => FormsOf(secret).Exists(form => IsIn(text, form)));

    /// <summary>What a secret may look like in a text.</summary>
    public static List<string> FormsOf(string secret) =>
    [
        secret,
        Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('='),
        Uri.EscapeDataString(secret),
        JsonEncodedText.Encode(secret).ToString(),
        JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
    ];

    /// <summary>In any case: hexadecimal digits of escapes come in both.</summary>
    private static bool IsIn(string text, string form)
    {
        if (text.Contains(form, StringComparison.OrdinalIgnoreCase)) return true;

        // Half a character, where the text was cut inside one.
        var end = text.AsSpan().TrimEnd('\uFFFD');
        for (var length = Math.Min(form.Length - 1, end.Length); length >= TellingLength; length--)
        {
            if (end.EndsWith(form.AsSpan(0, length), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
