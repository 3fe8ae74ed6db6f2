using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A certificate with its key, made for a test, and what it issues. Unless it is told otherwise all is in order.</summary>
internal sealed class Issued
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly AsymmetricAlgorithm key;

    /// <param name="issuer">Null: it signs itself.</param>
    /// <param name="from">In days from now.</param>
    /// <param name="to">In days from now.</param>
    private Issued(X500DistinguishedName name, Issued? issuer, Terms terms, int from, int to)
    {
        key = terms.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hash = terms.Hash ?? HashAlgorithmName.SHA256;
        var request = key is RSA rsa ? new CertificateRequest(name, rsa, hash, RSASignaturePadding.Pkcs1) : new(name, (ECDsa)key, hash);
        foreach (var extension in terms.Extensions) request.CertificateExtensions.Add(extension);
        var (signer, signerName) = issuer is null ? (key, name) : (issuer.key, terms.IssuerName ?? issuer.Certificate.SubjectName);
        if (terms.KeyIdentifiers)
        {
            var own = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
            request.CertificateExtensions.Add(own);
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer is null
                ? own
                : new(new PublicKey(signer), critical: false)));
        }

        var generator = signer switch
        {
            RSA rsaSigner when hash == HashAlgorithmName.SHA1 => new Sha1Signature(rsaSigner),
            RSA rsaSigner => X509SignatureGenerator.CreateForRSA(rsaSigner, RSASignaturePadding.Pkcs1),
            _ => X509SignatureGenerator.CreateForECDsa((ECDsa)signer),
        };
        var serial = terms.Serial ?? RandomNumberGenerator.GetBytes(8);
        Certificate = request.Create(signerName, generator, Now.AddDays(from), Now.AddDays(to), [1, .. serial]);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>As a server needs it.</summary>
    public X509Certificate2 WithKey => key is RSA rsa ? Certificate.CopyWithPrivateKey(rsa) : Certificate.CopyWithPrivateKey((ECDsa)key);

    public AsymmetricAlgorithm Key => key;

    public static Issued Root(string name, Terms? terms = null, int from = -10, int to = 10) =>
        Root(new X500DistinguishedName($"CN={name}"), terms, from, to);

    public static Issued Root(X500DistinguishedName name, Terms? terms = null, int from = -10, int to = 10) =>
        new(name, null, terms ?? Terms.Authority, from, to);

    /// <summary>A certificate of a server that signs itself.</summary>
    public static Issued Alone(Terms? terms = null) => new(new("CN=alone"), null, terms ?? Terms.Server, -10, 10);

    public Issued Authority(string name, Terms? terms = null, int from = -10, int to = 10) =>
        new(new($"CN={name}"), this, terms ?? Terms.Authority, from, to);

    public Issued Server(Terms? terms = null, int from = -10, int to = 10) => new(new("CN=server"), this, terms ?? Terms.Server, from, to);

    /// <summary>What a certificate says.</summary>
    public sealed record Terms(params X509Extension[] Extensions)
    {
        public static readonly Terms Authority = new(
            new X509BasicConstraintsExtension(true, false, 0, true), new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));

        public static readonly Terms Server = For(names => names.AddDnsName("localhost"));

        public AsymmetricAlgorithm? Key { get; init; }

        public HashAlgorithmName? Hash { get; init; }

        public byte[]? Serial { get; init; }

        public X500DistinguishedName? IssuerName { get; init; }

        public bool KeyIdentifiers { get; init; } = true;

        public static Terms For(Action<SubjectAlternativeNameBuilder> add, string? usage = "1.3.6.1.5.5.7.3.1")
        {
            var names = new SubjectAlternativeNameBuilder();
            add(names);
            return usage is null ? new(names.Build()) : new(names.Build(), new X509EnhancedKeyUsageExtension([new(usage)], false));
        }

        public Terms And(params X509Extension[] more) => this with { Extensions = [.. Extensions, .. more] };
    }

    /// <summary>What .NET's own generator refuses to make.</summary>
    private sealed class Sha1Signature(RSA key) : X509SignatureGenerator
    {
        // SEQUENCE { sha1WithRSAEncryption, NULL }
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            Convert.FromHexString("300D06092A864886F70D0101050500");

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
