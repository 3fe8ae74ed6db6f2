using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;

namespace SqsAotLambda.Commands;

/// <summary>Hides secrets in what is shown, however they are written there.</summary>
/// <param name="secrets">Those at hand.</param>
internal sealed class SecretMask(IEnumerable<string> secrets)
{
    public const string Mask = "***";

    private readonly List<string> forms =
    [
        .. secrets.Where(secret => secret.Length > 0)
            .SelectMany(secret => ConcealedSecrets.ShownFormsOf(secret).Append(HeaderText.Encode(secret)))
            .Select(form => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(form))),
    ];

    /// <summary>The beginning of a text with a mask for each secret that begins there.</summary>
    /// <param name="text">Bytes, one a character.</param>
    /// <param name="length">Of the beginning.</param>
    public string Hide(string text, int length)
    {
        if (forms.Count == 0) return text[..length];

        var hidden = new StringBuilder(length);
        for (var at = 0; at < length;)
        {
            var longest = LongestAt(text, at);
            if (longest == 0) hidden.Append(text[at++]);
            else hidden.Append(Mask);
            at += longest;
        }

        return hidden.ToString();
    }

    /// <summary>In any case: hexadecimal digits of escapes come in both.</summary>
    private int LongestAt(string text, int at)
    {
        var longest = 0;
        foreach (var form in forms)
        {
            if (form.Length > longest && text.AsSpan(at).StartsWith(form, StringComparison.OrdinalIgnoreCase)) longest = form.Length;
        }

        return longest;
    }
}
