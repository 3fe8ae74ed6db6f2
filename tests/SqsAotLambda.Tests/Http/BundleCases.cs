using System.Security.Cryptography;
using static SqsAotLambda.Tests.Http.TrustIssuers;
using Terms = SqsAotLambda.Tests.Shared.Issued.Terms;

namespace SqsAotLambda.Tests.Http;

/// <summary>Trusted certificates in all the ways a bundle can be written, and the places they can lie in.</summary>
internal static class BundleCases
{
    /// <summary>How its lines may be written.</summary>
    public static Dictionary<string, TrustCase> Lines()
    {
        var body = Root.Pem.Split('\n')[1..^2];
        return new()
        {
            ["no bundle"] = new(false, Leaf, [], _ => { }),
            ["empty bundle"] = Text(false, ""),
            ["a directory in the place of the bundle"] = new(false, Leaf, [], files => Directory.CreateDirectory(files.Bundle)),
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
        };
    }

    /// <summary>What may stand beside the block that counts, or in its place.</summary>
    public static Dictionary<string, TrustCase> Blocks()
    {
        var trusted = PemEncoding.WriteString("TRUSTED CERTIFICATE", [.. Root.Certificate.RawData, 0x30, 0x00]) + "\n";
        var damaged = Other.Pem.Replace(Other.Pem.Split('\n')[2], "*" + Other.Pem.Split('\n')[2][1..], StringComparison.Ordinal);
        var hollow = PemEncoding.WriteString("CERTIFICATE", [0x30, 0x03, 0x02, 0x01, 0x01]) + "\n";
        var headed = Root.Pem.Replace("CERTIFICATE-----\n", "CERTIFICATE-----\nNote: mine\n\n", StringComparison.Ordinal);
        var key = RandomNumberGenerator.GetBytes(100);
        return new()
        {
            ["bundle with a trusted-certificate block only"] = Text(false, trusted),
            ["trusted-certificate block, then the plain one"] = Text(true, trusted, Root.Pem),
            ["several, with comments and garbage between"] = Text(
                true, "# Other\n", Other.Pem, "\n\n-----\n--BEGIN--\n\u00e9\u0000 = x\n", Root.Pem, "end"),
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
        };
    }

    public static Dictionary<string, TrustCase> Sizes()
    {
        var filler = Issued.Root("Filler");
        var many = string.Concat(
            Enumerable.Range(0, 1000).Select(number => filler.Authority($"Filler {number}", Terms.Authority with { Key = filler.Key }).Pem));
        return new()
        {
            ["huge bundle, the root last"] = Text(true, many, Root.Pem),
            ["huge bundle without the root"] = Text(false, many),
        };
    }

    public static Dictionary<string, TrustCase> Places() => new()
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

    private static TrustCase Text(bool accepted, params string[] text) => new(accepted, Leaf, [], files => files.Add("bundle.pem", text));
}
