using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>A certificate authority of the benchmark's own, and a trust store that holds it beside the machine's full one.</summary>
internal sealed class Certificates : IDisposable
{
    /// <summary>Where distributions keep their bundle.</summary>
    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
    ];

    private readonly X509Certificate2 authority;
    private readonly X509Certificate2 localhost;

    /// <param name="folder">Gets the two files.</param>
    public Certificates(string folder, TimeProvider time)
    {
        var now = time.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=SqsAotLambda benchmark CA", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request(serverKey).Create(authority, now.AddDays(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        localhost = issued.CopyWithPrivateKey(serverKey);
        Server = SslStreamCertificateContext.Create(localhost, additionalCertificates: null, offline: true);

        AuthorityFile = Path.Combine(folder, "ca.pem");
        BundleFile = Path.Combine(folder, "trusted.pem");
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem() + "\n");
        var machine = Bundles.FirstOrDefault(File.Exists)
            ?? throw new BenchmarkFailure("This machine has no bundle of root certificates: install the package ca-certificates.");
        // The machine's own come first: whoever looks for one root has to pass them all.
        File.WriteAllText(BundleFile, File.ReadAllText(machine) + "\n" + authority.ExportCertificatePem() + "\n");
    }

    /// <summary>What the endpoint presents: a certificate for localhost.</summary>
    public SslStreamCertificateContext Server { get; }

    /// <summary>For <c>SSL_CERT_FILE</c>: the machine's roots and the benchmark's.</summary>
    public string BundleFile { get; }

    /// <summary>The benchmark's root alone, for what brings roots of its own.</summary>
    public string AuthorityFile { get; }

    public void Dispose()
    {
        authority.Dispose();
        localhost.Dispose();
    }

    private static CertificateRequest Request(ECDsa key)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "Server Authentication")], critical: false));
        return request;
    }
}
