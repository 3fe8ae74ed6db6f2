using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SqsAotLambda.Tests.Support;
using Terms = SqsAotLambda.Tests.Shared.Issued.Terms;

namespace SqsAotLambda.Tests.Http;

/// <summary>A server, what is trusted, and how that should end.</summary>
/// <param name="Others">Which certificates the server sends with its own, in that order.</param>
internal sealed record TrustCase(bool Accepted, Issued Server, Issued[] Others, Action<TrustFiles> Write, string Host = "localhost");

/// <summary>Certificates in all the ways they can be wrong, or right against appearances.</summary>
internal static class TrustCases
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private static readonly Issued Root = Issued.Root("Root");
    private static readonly Issued Middle = Root.Authority("Middle");
    private static readonly Issued Inner = Middle.Authority("Inner");
    private static readonly Issued Leaf = Root.Server();
    private static readonly Issued Other = Issued.Root("Other");
    private static readonly RSA Weak = RSA.Create(1024);
    private static readonly RSA Strong = RSA.Create(2048);

    public static IReadOnlyDictionary<string, TrustCase> All { get; } = Chains().Concat(Certificates()).Concat(Roots()).Concat(Texts())
        .Concat(Places()).ToDictionary();

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

    private static Dictionary<string, TrustCase> Certificates() => new()
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

    private static Dictionary<string, TrustCase> Roots()
    {
        var plain = Terms.Authority with { KeyIdentifiers = false };
        var (first, second) = (Issued.Root("Twin"), Issued.Root("Twin"));
        var (bareFirst, bareSecond) = (Issued.Root("Twin", plain), Issued.Root("Twin", plain));
        var (sameFirst, sameSecond) = (Issued.Root("Twin", plain with { Serial = [7] }), Issued.Root("Twin", plain with { Serial = [7] }));
        var expired = Issued.Root("Root", Terms.Authority with { Key = Root.Key }, from: -10, to: -1);
        var server = Terms.Server with { KeyIdentifiers = false };
        var printable = new X500DistinguishedNameBuilder();
        printable.Add("2.5.4.3", "Some  Root", UniversalTagNumber.PrintableString);
        var utf8 = new X500DistinguishedNameBuilder();
        utf8.Add("2.5.4.3", "some root", UniversalTagNumber.UTF8String);
        var bmp = new X500DistinguishedNameBuilder();
        bmp.Add("2.5.4.3", "SOME root", UniversalTagNumber.BMPString);
        var spelt = Issued.Root(printable.Build());

        return new()
        {
            ["two roots of one name, the right one first"] = new(true, first.Server(), [], Bundle(first, second)),
            ["two roots of one name, the right one last"] = new(true, first.Server(), [], Bundle(second, first)),
            ["two roots of one name without key identifiers, the right one "
                + "first"] = new(true, bareFirst.Server(server), [], Bundle(bareFirst, bareSecond)),
            ["two roots of one name without key identifiers, the right one "
                + "last"] = new(false, bareFirst.Server(server), [], Bundle(bareSecond, bareFirst)),
            ["two roots of one name and number, the right one first"] = new(true, sameFirst.Server(server), [], Bundle(sameFirst, sameSecond)),
            ["two roots of one name and number, the right one last"] = new(false, sameFirst.Server(server), [], Bundle(sameSecond, sameFirst)),
            ["expired root"] = new(false, Leaf, [], Bundle(expired)),
            ["expired root, then its successor with the same key"] = new(true, Leaf, [], Bundle(expired, Root)),
            ["root that is not yet valid"] = With(Issued.Root("Soon", from: 1), soon => new(false, soon.Server(), [], Bundle(soon))),
            ["root that says nothing of itself"] = With(
                Issued.Root("Silent", new Terms()), silent => new(false, silent.Server(), [], Bundle(silent))),
            ["root that is no authority"] = With(
                Issued.Root("Lay", new(new X509BasicConstraintsExtension(false, false, 0, true))), lay => new(false, lay.Server(), [], Bundle(lay))),
            ["root for clients only"] = With(
                Issued.Root(
                    "Clients",
                    Terms.Authority.And(
                        new X509EnhancedKeyUsageExtension([new(ClientUsage)], false))), clients => new(false, clients.Server(), [], Bundle(clients))),
            ["root with name constraints that exclude"] = With(
                Issued.Root(
                    "Excludes",
                    Terms.Authority.And(NameConstraints("example.com"))), excludes => new(false, excludes.Server(), [], Bundle(excludes))),
            ["weak key of the root"] = With(
                Issued.Root("Weak", Terms.Authority with { Key = Weak }), weak => new(true, weak.Server(), [], Bundle(weak))),
            ["SHA-1 signature of the root"] = With(
                Issued.Root(
                    "Sha1",
                    Terms.Authority with { Key = Strong, Hash = HashAlgorithmName.SHA1 }), sha1 => new(true, sha1.Server(), [], Bundle(sha1))),
            ["issuer in another case and kind of string than the root's subject"] = new(
                true, spelt.Server(Terms.Server with { IssuerName = utf8.Build() }), [], Bundle(spelt)),
            ["issuer in 16-bit characters"] = new(true, spelt.Server(Terms.Server with { IssuerName = bmp.Build() }), [], Bundle(spelt)),
        };
    }

    private static Dictionary<string, TrustCase> Texts()
    {
        var trusted = PemEncoding.WriteString("TRUSTED CERTIFICATE", [.. Root.Certificate.RawData, 0x30, 0x00]) + "\n";
        var body = Root.Pem.Split('\n')[1..^2];
        var damaged = Other.Pem.Replace(Other.Pem.Split('\n')[2], "*" + Other.Pem.Split('\n')[2][1..], StringComparison.Ordinal);
        var hollow = PemEncoding.WriteString("CERTIFICATE", [0x30, 0x03, 0x02, 0x01, 0x01]) + "\n";
        var headed = Root.Pem.Replace("CERTIFICATE-----\n", "CERTIFICATE-----\nNote: mine\n\n", StringComparison.Ordinal);
        var key = RandomNumberGenerator.GetBytes(100);
        var filler = Issued.Root("Filler");
        var many = string.Concat(
            Enumerable.Range(0, 1000).Select(number => filler.Authority($"Filler {number}", Terms.Authority with { Key = filler.Key }).Pem));

        return new()
        {
            ["no bundle"] = new(false, Leaf, [], _ => { }),
            ["empty bundle"] = Text(false, ""),
            ["a directory in the place of the bundle"] = new(false, Leaf, [], files => Directory.CreateDirectory(files.Bundle)),
            ["bundle with a trusted-certificate block only"] = Text(false, trusted),
            ["trusted-certificate block, then the plain one"] = Text(true, trusted, Root.Pem),
            ["several, with comments and garbage between"] = Text(
                true, "# Other\n", Other.Pem, "\n\n-----\n--BEGIN--\n\u00e9\u0000 = x\n", Root.Pem, "end"),
            ["CRLF line ends"] = Text(true, (Other.Pem + "# comment\n" + Root.Pem).ReplaceLineEndings("\r\n")),
            ["blanks at the ends of lines"] = Text(true, Root.Pem.Replace("\n", " \t\n", StringComparison.Ordinal)),
            ["no line end at the end"] = Text(true, Root.Pem.TrimEnd()),
            ["old label"] = Text(true, Root.Pem.Replace(" CERTIFICATE", " X509 CERTIFICATE", StringComparison.Ordinal)),
            ["byte order mark"] = Text(true, "\ufeff", Root.Pem),
            ["blanks before the label"] = Text(false, " ", Root.Pem),
            ["text before the label"] = Text(false, "Root: ", Root.Pem),
            ["text after the label"] = Text(false, Root.Pem.Replace("BEGIN CERTIFICATE-----", "BEGIN CERTIFICATE----- x", StringComparison.Ordinal)),
            ["all of it on one line"] = Text(true, "-----BEGIN CERTIFICATE-----\n", string.Concat(body), "\n-----END CERTIFICATE-----\n"),
            ["blank lines inside"] = Text(false, Root.Pem.Replace(body[1], "\n" + body[1] + "\n", StringComparison.Ordinal)),
            ["blank line first"] = Text(true, Root.Pem.Replace(body[0], "\n" + body[0], StringComparison.Ordinal)),
            ["blank line last"] = Text(false, Root.Pem.Replace("-----END", "\n-----END", StringComparison.Ordinal)),
            ["a header inside"] = Text(false, headed),
            ["an encrypted private key before"] = Text(
                true,
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                Root.Pem),
            ["a private key before"] = Text(true, PemEncoding.WriteString("PRIVATE KEY", key) + "\n", Root.Pem),
            ["damaged block before"] = Text(false, damaged, Root.Pem),
            ["damaged block after"] = Text(true, Root.Pem, damaged),
            ["damaged block of another kind before"] = Text(false, damaged.Replace("CERTIFICATE", "PRIVATE KEY", StringComparison.Ordinal), Root.Pem),
            ["no certificate in a block before"] = Text(false, hollow, Root.Pem),
            ["block without end before"] = Text(false, string.Join('\n', Other.Pem.Split('\n')[..^2]) + "\n", Root.Pem),
            ["end of another label"] = Text(false, Root.Pem.Replace("END CERTIFICATE", "END X509 CERTIFICATE", StringComparison.Ordinal)),
            ["cut in the middle"] = Text(false, Root.Pem[..(Root.Pem.Length / 2)]),
            ["DER in the place of PEM"] = new(false, Leaf, [], files => files.Add("bundle.pem", Root.Certificate.RawData)),
            ["bytes after the certificate in its block"] = Text(true, PemEncoding.WriteString("CERTIFICATE", [.. Root.Certificate.RawData, 1, 2, 3])),
            ["huge bundle, the root last"] = Text(true, many, Root.Pem),
            ["huge bundle without the root"] = Text(false, many),
        };

        static TrustCase Text(bool accepted, params string[] text) => new(accepted, Leaf, [], files => files.Add("bundle.pem", text));
    }

    private static Dictionary<string, TrustCase> Places() => new()
    {
        ["root in the directory"] = new(true, Leaf, [], files =>
        {
            files.Add("bundle.pem", Other.Pem);
            files.Add("certs/root.pem", Root.Pem);
        }),
        ["root in the directory, no bundle"] = new(true, Leaf, [], files => files.Add("certs/whatever", Other.Pem, Root.Pem)),
        ["root in the directory, empty bundle"] = new(true, Leaf, [], files =>
        {
            files.Add("bundle.pem", "");
            files.Add("certs/root.pem", Root.Pem);
        }),
        ["root in DER in the directory"] = new(false, Leaf, [], files => files.Add("certs/root.crt", Root.Certificate.RawData)),
        ["links in the directory"] = new(true, Leaf, [], files =>
        {
            files.Add("root.pem", Root.Pem);
            files.Link("certs/root.pem", "../root.pem");
            files.Link("certs/5d3033c5.0", "root.pem");
            files.Link("certs/dangling.pem", "nowhere");
            files.Link("certs/circle.pem", "circle.pem");
        }),
        ["intermediate in the directory, root in the bundle"] = new(true, Middle.Server(), [], files =>
        {
            files.Add("bundle.pem", Root.Pem);
            files.Add("certs/middle.pem", Middle.Pem);
        }),
        ["root below the directory"] = new(false, Leaf, [], files =>
        {
            Directory.CreateDirectory(Path.Combine(files.Directories[0], "deeper"));
            files.Add("certs/deeper/root.pem", Root.Pem);
        }),
    };

    private static Action<TrustFiles> Bundle(params Issued[] certificates) =>
        files => files.Add("bundle.pem", [.. certificates.Select(one => one.Pem)]);

    private static TrustCase With(Issued made, Func<Issued, TrustCase> use) => use(made);

    /// <summary>Permits one domain and no other.</summary>
    private static X509Extension NameConstraints(string domain)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
            writer.WriteOctetString(Encoding.ASCII.GetBytes(domain), new Asn1Tag(TagClass.ContextSpecific, 2));

        return new("2.5.29.30", writer.Encode(), critical: true);
    }
}
