using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Who issues the certificates of the cases, and how what is trusted is written.</summary>
internal static class TrustIssuers
{
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    public static readonly Issued Root = Issued.Root("Root");
    public static readonly Issued Middle = Root.Authority("Middle");
    public static readonly Issued Inner = Middle.Authority("Inner");
    public static readonly Issued Leaf = Root.Server();
    public static readonly Issued Other = Issued.Root("Other");
    public static readonly RSA Weak = RSA.Create(1024);
    public static readonly RSA Strong = RSA.Create(2048);

    public static Action<TrustFiles> Bundle(params Issued[] certificates) =>
        files => files.Add("bundle.pem", [.. certificates.Select(one => one.Pem)]);

    public static TrustCase With(Issued made, Func<Issued, TrustCase> use) => use(made);

    /// <summary>Permits one domain and no other.</summary>
    public static X509Extension NameConstraints(string domain)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
            writer.WriteOctetString(Encoding.ASCII.GetBytes(domain), new Asn1Tag(TagClass.ContextSpecific, 2));

        return new("2.5.29.30", writer.Encode(), critical: true);
    }
}
