using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>What a secret must look like for its use.</summary>
/// <param name="Fault">What it is otherwise, to follow its name.</param>
internal sealed record SecretForm(string Fault, Func<string, bool> Fits)
{
    /// <summary>Any text.</summary>
    public static readonly SecretForm Key = new("is empty", text => text.Length > 0);

    /// <summary>The value of a header.</summary>
    public static readonly SecretForm HeaderValue = new(
        "is not printable ASCII without outer spaces",
        text => text.Length > 0 && HeaderText.IsPrintable(text) && text[0] != ' ' && text[^1] != ' ');

    /// <summary><see href="https://www.rfc-editor.org/rfc/rfc7617#section-2"/>.</summary>
    public static readonly SecretForm Password = new("holds control characters", text => !text.Any(char.IsControl));

    /// <summary>A symmetric key of Standard Webhooks.</summary>
    public static readonly SecretForm WebhookKey = new(
        "is not the base64 of 24 to 64 bytes, with or without whsec_ before it", text => WebhookKeyOf(text) is not null);

    /// <summary>Null for a text that is no such key, and for the asymmetric ones, <c>whsk_</c> and <c>whpk_</c>.</summary>
    public static byte[]? WebhookKeyOf(string text)
    {
        const string prefix = "whsec_";
        var base64 = text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;
        var key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out var length) && length is >= 24 and <= 64 ? key[..length] : null;
    }
}
