using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Unicode;
using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>What the messages of a route may say of their requests: where they go, and with which headers.</summary>
/// <param name="urls">Which URLs there may be at all.</param>
/// <param name="allowPrivate">Private networks too.</param>
/// <param name="proofs">The headers that the route's credential and signature write.</param>
internal sealed class MessageRule(AllowedHosts hosts, AllowedHeaders headers, UrlRule urls, bool allowPrivate, IReadOnlyList<string> proofs)
{
    public AllowedHosts Hosts => hosts;

    public AllowedHeaders Headers => headers;

    public bool AllowPrivate => allowPrivate;

    /// <summary>Whether some message may set this header; those that a request has already are not for it either.</summary>
    public bool MaySet(string name) => HeaderNames.IsFreeForMessages(name) && !proofs.Any(proof => HeaderNames.AreAlike(proof, name));

    /// <param name="own">The route's; null when it has none.</param>
    /// <param name="fault">Why the request may not go there.</param>
    public bool TryMakeUrl(MessageRequest request, Uri? own, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? fault)
    {
        url = null;
        if (!(request.Url is { } whole ? TryTake(whole, out var text, out fault) : TryExtend(own, request.Path, out text, out fault))) return false;

        if (request.Query is { Length: > 0 } query) text += $"{(text.Contains('?') ? '&' : '?')}{query}";
        fault = text.Length > UrlTemplate.MaxLength ? UrlTemplate.TooLong
            : !Uri.TryCreate(text, UrlTemplate.AsItIs, out url) || !urls.Allows(url) ? $"url is not {urls.Allowed}"
            : null;
        return fault is null;
    }

    private bool TryTake(string url, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? fault)
    {
        text = null;
        fault = $"url is not {urls.Allowed}";
        var isHttps = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isHttps && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) return false;

        var authorityAt = url.IndexOf('/') + 2;
        var length = url.AsSpan(authorityAt).IndexOfAny('/', '?');
        var pathAt = length < 0 ? url.Length : authorityAt + length;
        var authority = url[authorityAt..pathAt];
        if (authority.Contains('@')) return false;

        var host = hosts.Find(authority, isHttps ? 443 : 80);
        var rest = url[pathAt..];
        fault = FaultOf(url, rest) is { } wrong ? $"url {wrong}"
            : host is not null ? null
            : hosts.IsEmpty ? "there is a url, and the route has no allowedHosts"
            : "url is at a host, or a port of it, that is not in allowedHosts";
        if (fault is null) text = $"{(isHttps ? "https" : "http")}://{host}{(rest.StartsWith('/') ? "" : "/")}{rest}";
        return text is not null;
    }

    private static bool TryExtend(Uri? own, string? path, [NotNullWhen(true)] out string? text, [NotNullWhen(false)] out string? fault)
    {
        fault = own is null ? path is null ? "the body has no url" : "there is a path, and the route has no url"
            : path is null ? null
            : !path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal) ? "path does not begin with one slash"
            : FaultOf(path, path) is { } wrong ? $"path {wrong}"
            : null;
        var start = own?.GetLeftPart(UriPartial.Path) ?? "";
        text = fault is not null ? null : path is null ? start : start.TrimEnd('/') + path;
        return text is not null;
    }

    /// <summary>What is wrong with how a URL or a path is written; null: nothing.</summary>
    /// <param name="rest">Its path and query.</param>
    private static string? FaultOf(string text, string rest)
    {
        if (text.AsSpan().ContainsAnyExcept(UrlTemplate.UrlCharacters)) return "holds a character that has to be percent-encoded";

        var end = rest.IndexOf('?');
        var path = end < 0 ? rest : rest[..end];
        if (!IsEncoded(path) || (end >= 0 && !IsEncoded(rest[end..]))) return "holds a % that does not begin an octet of UTF-8";

        return PathRule.FaultOf(path) is null ? null : "has a step . or .., or a control character, in its path";
    }

    /// <summary>Whether what is percent-encoded in this ASCII is UTF-8.</summary>
    private static bool IsEncoded(string text)
    {
        var octets = new byte[text.Length];
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '%')
            {
                octets[length++] = (byte)text[index];
                continue;
            }

            var isOctet = index + 2 < text.Length
                && byte.TryParse(text.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octets[length++]);
            if (!isOctet) return false;

            index += 2;
        }

        return Utf8.IsValid(octets.AsSpan(0, length));
    }
}
