using System.Runtime.InteropServices;

namespace SqsAotLambda.Http;

/// <summary>A request as it will be sent.</summary>
/// <param name="body">Null: it has none, and says nothing of a length.</param>
internal sealed class Request(string method, Uri url, ReadOnlyMemory<byte>? body)
{
    /// <summary>In all, where some of them are optional: a message of SQS makes no more.</summary>
    private const int MaxWithOptional = 64;

    private readonly List<(string Name, string Value)> headers = new(16);
    private List<string>? secrets;

    /// <summary>A bit for each header that the request can do without.</summary>
    private ulong optional;

    public string Method => method;

    public Uri Url => url;

    public ReadOnlyMemory<byte>? Body => body;

    /// <summary>In the order in which they are sent; Host and Content-Length are not among them.</summary>
    public ReadOnlySpan<(string Name, string Value)> Headers => CollectionsMarshal.AsSpan(headers);

    /// <summary>What the request carries, or is made with, that no log may tell.</summary>
    public IReadOnlyList<string> Secrets => secrets ?? [];

    /// <summary>Headers that it should have and has not; null: none.</summary>
    public LeftOutHeaders? LeftOut { get; private set; }

    /// <summary>In bytes, of all headers that it can do without.</summary>
    public int OptionalLength { get; private set; }

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

    /// <summary>One that the request can do without.</summary>
    /// <param name="value">Printable ASCII.</param>
    public void AddOptional(string name, string value)
    {
        if (headers.Count >= MaxWithOptional)
        {
            LeaveOut(name);
            return;
        }

        optional |= 1UL << headers.Count;
        headers.Add((name, value));
        OptionalLength += name.Length + value.Length;
    }

    /// <summary>In the place of a header of that name, should there be one.</summary>
    /// <param name="value">Printable ASCII.</param>
    public void Set(string name, string value)
    {
        for (var index = headers.Count - 1; index >= 0; index--)
        {
            if (headers[index].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) RemoveAt(index);
        }

        headers.Add((name, value));
    }

    /// <summary>Does not add a header, and says so.</summary>
    public void LeaveOut(string name) => (LeftOut ??= new()).Add(name);

    /// <summary>Leaves headers out that the request can do without, the last first, until the head has no more than so many bytes.</summary>
    /// <returns>Whether it has.</returns>
    public bool TryShorten(int max)
    {
        var length = HeadLength;
        for (var index = Math.Min(headers.Count, MaxWithOptional) - 1; index >= 0 && length > max; index--)
        {
            if ((optional >> index & 1) == 0) continue;

            var (name, value) = headers[index];
            RemoveAt(index);
            LeaveOut(name);
            length -= name.Length + value.Length;
        }

        return length <= max;
    }

    private void RemoveAt(int index)
    {
        var (name, value) = headers[index];
        headers.RemoveAt(index);
        if (index >= MaxWithOptional) return;

        if ((optional >> index & 1) == 1) OptionalLength -= name.Length + value.Length;
        var before = (1UL << index) - 1;
        optional = (optional & before) | (optional >> 1 & ~before);
    }

    /// <summary>In bytes, of the request line and of each header's name and value; not of what stands between and behind them.</summary>
    private int HeadLength
    {
        get
        {
            var length = method.Length + " ".Length + url.AbsolutePath.Length + url.Query.Length + " HTTP/1.1".Length;
            length += "Host".Length + url.IdnHost.Length + (url.IsDefaultPort ? 0 : ":65535".Length);
            if (body is not null) length += "Content-Length".Length + "2147483647".Length;
            foreach (var header in headers) length += header.Name.Length + header.Value.Length;
            return length;
        }
    }
}

/// <summary>The headers that a request should have and has not.</summary>
internal sealed class LeftOutHeaders
{
    /// <summary>Of names that are kept, and in characters of each.</summary>
    private const int MaxNames = 10, MaxName = 100;

    private readonly List<string> names = [];

    public int Count { get; private set; }

    /// <summary>The first ten, cut where they are long. They may hold anything.</summary>
    public IReadOnlyList<string> Names => names;

    public override string ToString() => string.Join(", ", names) + (Count > names.Count ? $" and {Count - names.Count} more" : "");

    public void Add(string name)
    {
        if (Count++ < MaxNames) names.Add(name.Length <= MaxName ? name : name[..MaxName] + "…");
    }
}
