using System.Buffers;
using System.Globalization;
using System.Net;
using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>
/// The hosts that URLs of messages may be at, each with its port: exactly these, and in no other form of their names. A host without a port
/// has that of the URL's scheme.
/// </summary>
/// <param name="hosts">As <see cref="TryParse"/> gives them.</param>
internal sealed class AllowedHosts(IReadOnlyList<string> hosts)
{
    public const int Max = 100;

    public const string Allowed = "a host name or address as in a URL, perhaps with :PORT, without scheme, wildcard and final full stop";

    /// <summary>Of other parts of a URL, of wildcards and encodings; and what IDNA takes for a full stop.</summary>
    private static readonly SearchValues<char> NotInHost = SearchValues.Create("/?#@\\%* 。．｡");

    private readonly HashSet<string> hosts = [.. hosts];
    private readonly string text = string.Join(", ", hosts);

    public bool IsEmpty => text.Length == 0;

    /// <summary>In the order of the settings.</summary>
    public override string ToString() => text;

    /// <summary>Host and port as URLs have them, in lower-case ASCII; null when the text is not <see cref="Allowed"/>.</summary>
    public static string? TryParse(string text)
    {
        if (text.AsSpan().ContainsAny(NotInHost) || !TrySplit(text, out var host, out var port)) return null;
        if (!Uri.TryCreate($"https://{host}/", UriKind.Absolute, out var url) || !UrlRule.HasHost(url)) return null;

        var name = url.HostNameType switch
        {
            UriHostNameType.Dns when IsName(url.IdnHost) => url.IdnHost,
            // An address has many forms; only its own is taken.
            UriHostNameType.IPv4 when url.Host == host => host,
            UriHostNameType.IPv6 when IsOwnForm(url, host) && !IPAddress.Parse(url.IdnHost).IsIPv4MappedToIPv6 => url.Host,
            _ => null,
        };
        return name is null || port is null ? name : $"{name}:{port}";
    }

    /// <summary>Host and port of a URL, as it is then to be written; null when they are not among these.</summary>
    /// <param name="authority">As the URL has it.</param>
    /// <param name="defaultPort">Of the URL's scheme.</param>
    public string? Find(string authority, int defaultPort)
    {
        if (!TrySplit(authority.ToLowerInvariant(), out var host, out var given)) return null;

        var port = given ?? defaultPort;
        var whole = $"{host}:{port}";
        return hosts.Contains(whole) || (port == defaultPort && hosts.Contains(host)) ? whole : null;
    }

    /// <param name="port">Null where none is written.</param>
    private static bool TrySplit(string authority, out string host, out int? port)
    {
        (host, port) = (authority, null);
        var isAddress = authority.StartsWith('[');
        var colon = isAddress ? authority.IndexOf("]:", StringComparison.Ordinal) + 1 : authority.IndexOf(':');
        if (colon < (isAddress ? 1 : 0)) return true;

        host = authority[..colon];
        var digits = authority.AsSpan(colon + 1);
        var isPort = digits.Length is > 0 and <= 5 && digits[0] != '0'
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort;
        port = isPort ? int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) : null;
        return isPort;
    }

    /// <summary>Of DNS, with the underscores that some have; what ends in a number is an address in one form or another.</summary>
    private static bool IsName(string host)
    {
        var labels = host.Split('.');
        foreach (var label in labels)
        {
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;

            foreach (var sign in label)
            {
                if (!char.IsAsciiLetterLower(sign) && !char.IsAsciiDigit(sign) && sign is not ('-' or '_')) return false;
            }
        }

        return host.Length <= 253 && !char.IsAsciiDigit(labels[^1][0]);
    }

    private static bool IsOwnForm(Uri url, string host) => url.Host.Equals(host, StringComparison.OrdinalIgnoreCase);
}
