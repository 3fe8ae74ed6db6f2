using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.TrustIssuers;
using Terms = SqsAotLambda.Tests.Shared.Issued.Terms;

namespace SqsAotLambda.Tests.Http;

/// <summary>A server, what is trusted, and how that should end.</summary>
/// <param name="Others">Which certificates the server sends with its own, in that order.</param>
internal sealed record TrustCase(bool Accepted, Issued Server, Issued[] Others, Action<TrustFiles> Write, string Host = "localhost");

/// <summary>Certificates in all the ways they can be wrong, or right against appearances.</summary>
internal static class TrustCases
{
    public static IReadOnlyDictionary<string, TrustCase> All { get; } = new[]
    {
        Chains(), Names(), TimesAndUsages(), Issuers(),
        RootCases.Twins(), RootCases.Kinds(), RootCases.Spellings(),
        BundleCases.Lines(), BundleCases.Blocks(), BundleCases.Sizes(), BundleCases.Places(),
    }.SelectMany(cases => cases).ToDictionary();

    private static Dictionary<string, TrustCase> Chains() => new()
    {
        ["known root"] = new(true, Leaf, [], Bundle(Root)),
        ["untrusted root"] = new(false, Leaf, [], Bundle(Other)),
        ["intermediate sent"] = new(true, Middle.Server(), [Middle], Bundle(Root)),
        ["two intermediates sent"] = new(true, Inner.Server(), [Inner, Middle], Bundle(Root)),
        ["intermediate missing"] = new(false, Middle.Server(), [], Bundle(Root)),
        ["upper intermediate missing"] = new(false, Inner.Server(), [Inner], Bundle(Root)),
        ["chain out of order"] = new(true, Inner.Server(), [Middle, Inner], Bundle(Root)),
        ["needless certificates sent"] = new(true, Leaf, [Other, Middle], Bundle(Root)),
        ["root sent, trusted"] = new(true, Middle.Server(), [Middle, Root], Bundle(Root)),
        ["root sent, not trusted"] = new(false, Middle.Server(), [Middle, Root], Bundle(Other)),
        ["intermediate in the bundle, its root too"] = new(true, Middle.Server(), [], Bundle(Middle, Root)),
        ["two intermediates in the bundle, their root too"] = new(true, Inner.Server(), [], Bundle(Root, Middle, Inner)),
        ["lower intermediate sent, upper in the bundle"] = new(true, Inner.Server(), [Inner], Bundle(Middle, Root)),
        ["intermediate in the bundle, its root not"] = new(false, Middle.Server(), [], Bundle(Middle)),
        ["intermediate sent and in the bundle, its root not"] = new(false, Middle.Server(), [Middle], Bundle(Middle)),
        ["the certificate itself in the bundle"] = new(false, Leaf, [], Bundle(Leaf)),
        ["the certificate itself in the bundle, its root too"] = new(true, Leaf, [], Bundle(Leaf, Root)),
        ["self-signed, in the bundle"] = With(Issued.Alone(), alone => new(true, alone, [], Bundle(alone))),
        ["self-signed, not in the bundle"] = new(false, Issued.Alone(), [], Bundle(Root)),
        ["self-signed, another of its name in the bundle"] = new(false, Issued.Alone(), [], Bundle(Issued.Alone())),
        ["cross-signed intermediate, both sent, the trusted one "
            + "last"] = With(Other.Authority("Middle", Terms.Authority with { Key = Middle.Key }), crossed =>
            new(false, Middle.Server(), [crossed, Middle], Bundle(Root))),
        ["cross-signed intermediate, both sent, the trusted one "
            + "first"] = With(Other.Authority("Middle", Terms.Authority with { Key = Middle.Key }), crossed =>
            new(true, Middle.Server(), [Middle, crossed], Bundle(Root))),
        ["cross-signed root, by a trusted one"] = With(Other.Authority("Root", Terms.Authority with { Key = Root.Key }), crossed =>
            new(true, Middle.Server(), [Middle, crossed], Bundle(Other))),
        ["cross-signed root, itself trusted"] = With(Other.Authority("Root", Terms.Authority with { Key = Root.Key }), crossed =>
            new(true, Middle.Server(), [Middle, crossed], Bundle(Root))),
        ["cross-signed root, by an expired one that is trusted too"] = With(Issued.Root("Expired", from: -10, to: -1), expired =>
            new(true, Middle.Server(), [Middle, expired.Authority("Root", Terms.Authority with { Key = Root.Key })], Bundle(expired, Root))),
        ["cross-signed intermediate in the bundle, its root "
            + "not"] = With(Other.Authority("Middle", Terms.Authority with { Key = Middle.Key }), crossed =>
            new(false, Middle.Server(), [Middle], Bundle(crossed, Root))),
    };

    private static Dictionary<string, TrustCase> Names() => new()
    {
        ["wrong name"] = new(false, Leaf, [], Bundle(Root), "example.com"),
        ["wrong name and untrusted root"] = new(false, Leaf, [], Bundle(Other), "example.com"),
        ["name in other case"] = new(true, Leaf, [], Bundle(Root), "LocalHost"),
        ["name in the subject only"] = new(
            true, Root.Authority("localhost", new(new X509EnhancedKeyUsageExtension([new(ServerUsage)], false))), [], Bundle(Root)),
        ["wildcard"] = new(true, Root.Server(Terms.For(names => names.AddDnsName("*.example.com"))), [], Bundle(Root), "a.example.com"),
        ["wildcard, two labels down"] = new(
            false, Root.Server(Terms.For(names => names.AddDnsName("*.example.com"))), [], Bundle(Root), "a.b.example.com"),
        ["wildcard, the domain itself"] = new(
            false, Root.Server(Terms.For(names => names.AddDnsName("*.example.com"))), [], Bundle(Root), "example.com"),
        ["address"] = new(true, Root.Server(Terms.For(names => names.AddIpAddress(IPAddress.Loopback))), [], Bundle(Root), "127.0.0.1"),
        ["another address"] = new(false, Root.Server(Terms.For(names => names.AddIpAddress(IPAddress.Loopback))), [], Bundle(Root), "127.0.0.2"),
        ["address as a name"] = new(false, Root.Server(Terms.For(names => names.AddDnsName("127.0.0.1"))), [], Bundle(Root), "127.0.0.1"),
    };

    private static Dictionary<string, TrustCase> TimesAndUsages() => new()
    {
        ["expired"] = new(false, Root.Server(from: -10, to: -1), [], Bundle(Root)),
        ["not yet valid"] = new(false, Root.Server(from: 1), [], Bundle(Root)),
        ["expired intermediate"] = With(Root.Authority("Old", from: -10, to: -1), old => new(false, old.Server(), [old], Bundle(Root))),
        ["for clients only"] = new(false, Root.Server(Terms.For(names => names.AddDnsName("localhost"), ClientUsage)), [], Bundle(Root)),
        ["for any use"] = new(false, Root.Server(Terms.For(names => names.AddDnsName("localhost"), "2.5.29.37.0")), [], Bundle(Root)),
        ["for no stated use"] = new(true, Root.Server(Terms.For(names => names.AddDnsName("localhost"), usage: null)), [], Bundle(Root)),
        ["intermediate for clients only"] = With(
            Root.Authority(
                "Clients",
                Terms.Authority.And(
                    new X509EnhancedKeyUsageExtension([new(ClientUsage)], false))), clients => new(false, clients.Server(), [clients], Bundle(Root))),
        ["name constraints that permit"] = With(
            Root.Authority(
                "Permits", Terms.Authority.And(NameConstraints("localhost"))), permits => new(true, permits.Server(), [permits], Bundle(Root))),
        ["name constraints that exclude"] = With(
            Root.Authority(
                "Excludes",
                Terms.Authority.And(NameConstraints("example.com"))), excludes => new(false, excludes.Server(), [excludes], Bundle(Root))),
    };

    private static Dictionary<string, TrustCase> Issuers() => new()
    {
        ["issued by what is no authority"] = new(false, Leaf.Server(), [Leaf], Bundle(Root)),
        ["issued by what may not sign"] = With(
            Root.Authority(
                "Mute", new(new X509BasicConstraintsExtension(true, false, 0, true), new X509KeyUsageExtension(X509KeyUsageFlags.CrlSign, true))),
            mute => new(false, mute.Server(), [mute], Bundle(Root))),
        ["path too long"] = With(
            Root.Authority(
                "Short", new(new X509BasicConstraintsExtension(true, true, 0, true), new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true))),
            brief => With(brief.Authority("Below"), below => new(false, below.Server(), [below, brief], Bundle(Root)))),
        ["critical extension that nobody knows"] = new(
            false, Root.Server(Terms.Server.And(new X509Extension("1.2.3.4", [5, 0], critical: true))), [], Bundle(Root)),
        ["weak key of an intermediate"] = With(
            Root.Authority("Weak", Terms.Authority with { Key = Weak }), weak => new(false, weak.Server(), [weak], Bundle(Root))),
        ["weak key of an intermediate in the bundle"] = With(
            Root.Authority("Weak", Terms.Authority with { Key = Weak }), weak => new(true, weak.Server(), [], Bundle(weak, Root))),
        ["SHA-1 signature of an intermediate"] = With(
            Issued.Root("Strong", Terms.Authority with { Key = Strong }),
            strong => With(
                strong.Authority("Sha1", Terms.Authority with { Hash = HashAlgorithmName.SHA1 }),
                sha1 => new(false, sha1.Server(), [sha1], Bundle(strong)))),
        ["SHA-1 signature of an intermediate in the bundle"] = With(
            Issued.Root("Strong", Terms.Authority with { Key = Strong }),
            strong => With(
                strong.Authority("Sha1", Terms.Authority with { Hash = HashAlgorithmName.SHA1 }),
                sha1 => new(true, sha1.Server(), [], Bundle(strong, sha1)))),
        ["signed with another key"] = new(false, Issued.Root("Root").Server(Terms.Server with { KeyIdentifiers = false }), [], Bundle(Root)),
    };
}
