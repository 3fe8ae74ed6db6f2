using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using static SqsAotLambda.Tests.Http.TrustIssuers;
using Terms = SqsAotLambda.Tests.Shared.Issued.Terms;

namespace SqsAotLambda.Tests.Http;

/// <summary>Roots that are alike, out of date or weak.</summary>
internal static class RootCases
{
    public static Dictionary<string, TrustCase> Twins()
    {
        var plain = Terms.Authority with { KeyIdentifiers = false };
        var (first, second) = (Issued.Root("Twin"), Issued.Root("Twin"));
        var (bareFirst, bareSecond) = (Issued.Root("Twin", plain), Issued.Root("Twin", plain));
        var (sameFirst, sameSecond) = (Issued.Root("Twin", plain with { Serial = [7] }), Issued.Root("Twin", plain with { Serial = [7] }));
        var server = Terms.Server with { KeyIdentifiers = false };
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
        };
    }

    public static Dictionary<string, TrustCase> Kinds()
    {
        var expired = Issued.Root("Root", Terms.Authority with { Key = Root.Key }, from: -10, to: -1);
        return new()
        {
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
        };
    }

    public static Dictionary<string, TrustCase> Spellings()
    {
        var spelt = Issued.Root(Name("Some  Root", UniversalTagNumber.PrintableString));
        var (utf8, bmp) = (Name("some root", UniversalTagNumber.UTF8String), Name("SOME root", UniversalTagNumber.BMPString));
        return new()
        {
            ["issuer in another case and kind of string than the root's subject"] = new(
                true, spelt.Server(Terms.Server with { IssuerName = utf8 }), [], Bundle(spelt)),
            ["issuer in 16-bit characters"] = new(true, spelt.Server(Terms.Server with { IssuerName = bmp }), [], Bundle(spelt)),
        };
    }

    private static X500DistinguishedName Name(string text, UniversalTagNumber kind)
    {
        var name = new X500DistinguishedNameBuilder();
        name.Add("2.5.4.3", text, kind);
        return name.Build();
    }
}
