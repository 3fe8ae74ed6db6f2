namespace SqsAotLambda.Http;

/// <summary>Which URLs settings may name, for endpoints and for their tokens.</summary>
/// <param name="allowHttp">Plain http too.</param>
/// <param name="hints">The settings that would allow what is refused.</param>
internal sealed class UrlRule(bool allowHttp, AddressGuard guard, UrlHints hints)
{
    /// <summary>The same without private networks: for URLs that messages make.</summary>
    public UrlRule WithoutPrivate => new(allowHttp, guard.WithoutPrivate, hints);

    public string Allowed => $"an absolute {(allowHttp ? "http or https" : "https")} URL without user name, password or fragment";

    /// <summary>Null for a text that is no such URL.</summary>
    public Uri? TryParse(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && Allows(url) ? url : null;

    public bool Allows(Uri url) => IsOfForm(url) && guard.RefusedKindOf(url) is null;

    /// <summary>What is wrong with it, to follow the URL, one sentence each without a full stop.</summary>
    public IEnumerable<string> FaultsOf(Uri url)
    {
        var hint = url.Scheme == "http" && !allowHttp ? $". {hints.AllowHttp} allows plain http" : "";
        if (!IsOfForm(url)) yield return $"is not {Allowed}{hint}";
        if (HasHost(url) && guard.RefusedKindOf(url) is { } kind) yield return FaultOf(kind);
    }

    private string FaultOf(AddressKind kind)
    {
        var hint = kind switch
        {
            AddressKind.Loopback => $"; {hints.AllowLoopback} allows loopback",
            AddressKind.Private => """; "allowPrivate": true allows private networks""",
            _ => "",
        };
        return $"is at an address that is refused ({(guard.AllowsPrivate ? "" : "private, ")}loopback, link-local, metadata, unspecified, multicast "
            + $"or reserved){hint}";
    }

    private bool IsOfForm(Uri url) =>
        (url.Scheme == "https" || (url.Scheme == "http" && allowHttp)) && url.UserInfo.Length == 0 && url.Fragment.Length == 0 && HasHost(url);

    /// <summary>Some names have no form in which DNS could be asked for them.</summary>
    public static bool HasHost(Uri url)
    {
        try
        {
            return url.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
    }
}

/// <summary>Settings with the values that allow what is refused otherwise, such as <c>NAME=true</c>.</summary>
internal sealed record UrlHints(string AllowHttp, string AllowLoopback);
