namespace SqsAotLambda.Http;

/// <summary>Which URLs settings may name, for endpoints and for their tokens.</summary>
/// <param name="allowHttp">Plain http too.</param>
internal sealed class UrlRule(bool allowHttp, AddressGuard guard)
{
    /// <summary>The same without private networks: for URLs that messages make.</summary>
    public UrlRule WithoutPrivate => new(allowHttp, guard.WithoutPrivate);

    public string Allowed => $"an absolute {(allowHttp ? "http or https" : "https")} URL without user name, password or fragment";

    /// <summary>Null for a text that is no such URL.</summary>
    public Uri? TryParse(string? text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && Allows(url) ? url : null;

    public bool Allows(Uri url) => IsOfForm(url) && guard.FaultOf(url) is null;

    /// <summary>What is wrong with it, to follow the URL, one sentence each without a full stop.</summary>
    public IEnumerable<string> FaultsOf(Uri url)
    {
        var hint = url.Scheme == "http" && !allowHttp ? ". FORWARD_ALLOW_HTTP=true allows plain http" : "";
        if (!IsOfForm(url)) yield return $"is not {Allowed}{hint}";
        if (HasHost(url) && guard.FaultOf(url) is { } refusal) yield return refusal;
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
