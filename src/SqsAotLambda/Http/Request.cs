namespace SqsAotLambda.Http;

/// <summary>A request as it will be sent.</summary>
/// <param name="body">Null: it has none, and says nothing of a length.</param>
internal sealed class Request(string method, Uri url, ReadOnlyMemory<byte>? body)
{
    private readonly List<(string Name, string Value)> headers = new(16);
    private List<string>? secrets;

    public string Method => method;

    public Uri Url => url;

    public ReadOnlyMemory<byte>? Body => body;

    /// <summary>In the order in which they are sent; Host and Content-Length are not among them.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers => headers;

    /// <summary>What the request carries, or is made with, that no log may tell.</summary>
    public IReadOnlyList<string> Secrets => secrets ?? [];

    /// <summary>Host, and port where it is not the scheme's own.</summary>
    public string Host
    {
        get
        {
            // Of an IPv6 address IdnHost has no brackets.
            var host = url.HostNameType is UriHostNameType.IPv6 ? url.Host : url.IdnHost;
            return url.IsDefaultPort ? host : $"{host}:{url.Port}";
        }
    }

    public string? Find(string name)
    {
        foreach (var header in headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return header.Value;
        }

        return null;
    }

    /// <summary>The request carries this secret, or is made with it.</summary>
    public void Conceal(string secret)
    {
        if (secret.Length > 0) (secrets ??= []).Add(secret);
    }

    /// <param name="value">Printable ASCII.</param>
    public void Add(string name, string value) => headers.Add((name, value));

    /// <summary>In the place of a header of that name, should there be one.</summary>
    /// <param name="value">Printable ASCII.</param>
    public void Set(string name, string value)
    {
        headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        headers.Add((name, value));
    }
}
