using System.Net;

namespace SqsAotLambda.Http;

/// <summary>Where an address leads.</summary>
internal enum AddressKind
{
    /// <summary>To nothing that a message is ever for: unspecified, link-local, metadata, multicast, reserved.</summary>
    Refused = 0,

    /// <summary>To this machine, where the Runtime API is.</summary>
    Loopback,

    /// <summary>
    /// To no host of the internet: networks of one's own (VPC endpoints are in them) or of a carrier, and what is set aside for
    /// documentation, benchmarks and the like.
    /// </summary>
    Private,

    /// <summary>To anything else.</summary>
    Open,
}

/// <summary>
/// Decides which addresses may be dialled for what is forwarded and for its credentials.
/// Calls to AWS itself and to the Runtime API do not ask it.
/// </summary>
internal sealed class AddressGuard(bool allowLoopback, bool allowPrivate = true)
{
    /// <summary>What the hosts files of Amazon Linux and Debian call this machine, besides localhost.</summary>
    private static readonly string[] LoopbackNames =
    [
        "localhost.localdomain", "localhost4", "localhost4.localdomain4", "localhost6", "localhost6.localdomain6",
        "ip6-localhost", "ip6-loopback", "loopback",
    ];

    public bool AllowsPrivate => allowPrivate;

    /// <summary>The same without private networks: for URLs that messages make.</summary>
    public AddressGuard WithoutPrivate => new(allowLoopback, allowPrivate: false);

    public bool Allows(IPAddress address) => Allows(KindOf(address));

    /// <summary>Of a URL that can never be dialled, as far as its host tells before it is resolved; null when it does not.</summary>
    public AddressKind? RefusedKindOf(Uri url)
    {
        // A final full stop changes nothing but where a resolver begins to look.
        var host = url.IdnHost.TrimEnd('.');
        var kind = IPAddress.TryParse(host, out var address) ? KindOf(address) : IsLoopback(host) ? AddressKind.Loopback : AddressKind.Open;
        return Allows(kind) ? null : kind;
    }

    // https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
    public static AddressKind KindOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) && length == 4 ? KindOfV4(bytes[..4]) : KindOfV6(bytes);
    }

    /// <summary>localhost and all below it: <see href="https://www.rfc-editor.org/rfc/rfc6761#section-6.3"/>.</summary>
    private static bool IsLoopback(string name) =>
        name.Split('.')[^1].Equals("localhost", StringComparison.OrdinalIgnoreCase) || LoopbackNames.Contains(name, StringComparer.OrdinalIgnoreCase);

    private bool Allows(AddressKind kind) =>
        kind is AddressKind.Open || (kind is AddressKind.Private && allowPrivate) || (kind is AddressKind.Loopback && allowLoopback);

    private static AddressKind KindOfV4(ReadOnlySpan<byte> address) => address switch
    {
        [127, ..] => AddressKind.Loopback,
        // Unspecified; Linux dials loopback for it.
        [0, ..] => AddressKind.Refused,
        // Link-local, with the metadata of instances and containers.
        [169, 254, ..] => AddressKind.Refused,
        // Multicast, reserved, broadcast.
        [>= 224, ..] => AddressKind.Refused,
        [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] => AddressKind.Private,
        // Shared with a carrier.
        [100, >= 64 and <= 127, ..] => AddressKind.Private,
        // Protocol assignments, 6to4 relays, benchmarks.
        [192, 0, 0, _] or [192, 88, 99, _] or [198, 18 or 19, ..] => AddressKind.Private,
        // Documentation.
        [192, 0, 2, _] or [198, 51, 100, _] or [203, 0, 113, _] => AddressKind.Private,
        _ => AddressKind.Open,
    };

    /// <summary>Of a Teredo address its server, or its client, which is written inverted: https://www.rfc-editor.org/rfc/rfc4380#section-4.</summary>
    private static bool IsOfThisMachine(ReadOnlySpan<byte> teredo)
    {
        Span<byte> client = [(byte)~teredo[12], (byte)~teredo[13], (byte)~teredo[14], (byte)~teredo[15]];
        return KindOfV4(teredo[4..8]) is AddressKind.Loopback or AddressKind.Refused
            || KindOfV4(client) is AddressKind.Loopback or AddressKind.Refused;
    }

    /// <summary>As a network, and as the IPv4 address that it may hold: the stricter of the two.</summary>
    private static AddressKind KindOfV6(ReadOnlySpan<byte> address)
    {
        var network = KindOfNetwork(address);
        if (network is AddressKind.Refused) return network;
        if (address[..4] is [0x20, 0x01, 0, 0]) return IsOfThisMachine(address) ? AddressKind.Refused : network;

        // ISATAP: https://www.rfc-editor.org/rfc/rfc5214#section-6.1.
        var held = address[8..12] is [0x00 or 0x02, 0x00, 0x5e, 0xfe] ? KindOfV4(address[12..]) : AddressKind.Open;
        return held < network ? held : network;
    }

    private static AddressKind KindOfNetwork(ReadOnlySpan<byte> address) => address switch
    {
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] => AddressKind.Loopback,
        // IPv4-compatible (unspecified too), IPv4-mapped, IPv4-translated, NAT64, 6to4.
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. var v4] => KindOfV4(v4),
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. var v4] => KindOfV4(v4),
        [0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, .. var v4] => KindOfV4(v4),
        [0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, .. var v4] => KindOfV4(v4),
        [0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, .. var v4] => KindOfV4(v4),
        [0x20, 0x02, ..] => KindOfV4(address[2..6]),
        // NAT64 of a network's own, which alone knows where in it the IPv4 address is.
        [0x00, 0x64, 0xff, 0x9b, 0, 1, ..] => AddressKind.Refused,
        // AWS's own services on an instance: metadata, time, DNS.
        [0xfd, 0x00, 0x0e, 0xc2, ..] => AddressKind.Refused,
        // Link-local.
        [0xfe, >= 0x80 and <= 0xbf, ..] => AddressKind.Refused,
        // Multicast.
        [0xff, ..] => AddressKind.Refused,
        // Unique local, and site-local, which it replaced.
        [0xfc or 0xfd, ..] or [0xfe, >= 0xc0, ..] => AddressKind.Private,
        // Protocol assignments: benchmarks, Teredo, which holds an IPv4 address, and others.
        [0x20, 0x01, <= 0x01, ..] => AddressKind.Private,
        // Discarded, documentation, segment routing.
        [0x01, 0, 0, 0, 0, 0, 0, 0, ..] or [0x20, 0x01, 0x0d, 0xb8, ..] or [0x3f, 0xff, <= 0x0f, ..] or [0x5f, 0x00, ..] => AddressKind.Private,
        _ => AddressKind.Open,
    };
}
