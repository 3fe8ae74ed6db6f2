using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>
/// What the settings write into the query and the headers of a route's requests. It may be a secret, so an answer that repeats it is not passed
/// on. It is gathered when the first answer is looked through.
/// </summary>
internal sealed class RouteSecrets(Route route)
{
    /// <summary>In characters, of a part of a text that may be the secret by itself, as in <c>Key 2f7a91</c>.</summary>
    private const int MinPart = 6;

    private static readonly char[] Separators = [.. " ,;:=&\"'()<>"];

    private List<string>? forms;

    private IEnumerable<HeaderTemplate> Headers => route.Headers.Where(header => !HeaderNames.IsPublic(header.Name));

    /// <param name="request">That was answered with the text.</param>
    public bool MayBeRevealedBy(string text, Request request)
    {
        forms ??= [.. Texts().Distinct().SelectMany(ConcealedSecrets.FormsOf).Distinct()];
        return ConcealedSecrets.MayBeRevealedBy(text, forms)
            || ConcealedSecrets.MayBeRevealedBy(text, [.. MixedIn(request).SelectMany(ConcealedSecrets.FormsOf)]);
    }

    private IEnumerable<string> Texts()
    {
        var inQuery = (route.Url?.QueryLiterals ?? []).SelectMany(DecodingsOf);
        var inHeaders = Headers.SelectMany(header => header.Value.Parts).Select(part => part.Literal.Trim());
        return inQuery.Concat(inHeaders).SelectMany(PartsOf).Where(text => text.Any(char.IsLetterOrDigit));
    }

    /// <summary>Values that settings and message make together: in one word a short literal is not found by itself.</summary>
    private IEnumerable<string> MixedIn(Request request)
    {
        var inQuery = route is { MessageRule: null, Url: { HasExpressions: true } url } ? url.WrittenValuesOf(request.Url) : [];
        var mixed = Headers.Where(header => header.Value.HasExpressions && header.Value.Parts.Any(part => part.Literal.Length > 0));
        var inHeaders = mixed.Select(header => request.Find(header.Name)).OfType<string>();
        return inQuery.SelectMany(DecodingsOf).Concat(inHeaders).Where(text => text.Length > 0);
    }

    private static IEnumerable<string> DecodingsOf(string value) =>
        [value, Uri.UnescapeDataString(value), Uri.UnescapeDataString(value.Replace('+', ' ')), .. Base64TextOf(Uri.UnescapeDataString(value))];

    /// <summary>What a text is the base64 of, such as a user and a password; nothing where that is no readable text.</summary>
    private static IEnumerable<string> Base64TextOf(string value)
    {
        var bytes = new byte[value.Length];
        if (value.Length < MinPart || !Convert.TryFromBase64String(value, bytes, out var length)) return [];

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        return HeaderText.IsPrintable(text) ? [text] : [];
    }

    private static IEnumerable<string> PartsOf(string text) => text.Split(Separators).Where(part => part.Length >= MinPart).Prepend(text);
}
