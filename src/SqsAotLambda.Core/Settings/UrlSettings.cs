using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Settings;

/// <summary>Reads variables that are URLs. Of what is wrong only scheme, host and path are shown: the rest may hold a secret.</summary>
internal static class UrlSettings
{
    /// <summary>That of an endpoint, perhaps with expressions; null unless it is set.</summary>
    public static UrlTemplate? Endpoint(Variables read, string name, UrlRule rule)
    {
        if (read.OptionalText(name) is not { } text) return null;
        if (text.AsSpan().ContainsAny('{', '}')) return EndpointWithExpressions(read, name, text, rule);
        if (rule.TryParse(text) is { } allowed) return new(allowed);

        // Of other schemes .NET takes the query for a part of the path.
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http")
        {
            foreach (var fault in rule.FaultsOf(url)) read.Fault($"{name}{Shown(url)} {fault}.");
        }
        else
            read.Fault($"{name} is not {rule.Allowed}.");
        return null;
    }

    /// <summary>That of a service, http or https; null unless it is set.</summary>
    public static Uri? Optional(Variables read, string name)
    {
        if (read.OptionalText(name) is not { } text) return null;

        var parsed = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http";
        if (parsed && url is { UserInfo: "", Query: "", Fragment: "" }) return url;

        read.Fault($"{name}{(parsed ? Shown(url!) : "")} is not an absolute http or https URL without user name, password, query or fragment.");
        return null;
    }

    private static UrlTemplate? EndpointWithExpressions(Variables read, string name, string text, UrlRule rule)
    {
        if (UrlTemplate.TryParse(text, rule) is { } template) return template;

        read.Fault(Template.TryParse(text) is null
            ? $"{name} is not {Template.Allowed}."
            : $"{name} is not {rule.Allowed}, with expressions in path and query only, and at no address that is refused.");
        return null;
    }

    private static string Shown(Uri url) => "=" + url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
