using System.Net.Security;
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

    private readonly X509Certificate2 localhost;

    /// <param name="folder">Gets the two files.</param>
    public Certificates(string folder)
    {
        var authority = Issued.Root("SqsAotLambda benchmark CA");
        localhost = authority.Server().WithKey;
        Server = SslStreamCertificateContext.Create(localhost, additionalCertificates: null, offline: true);

        AuthorityFile = Path.Combine(folder, "ca.pem");
        BundleFile = Path.Combine(folder, "trusted.pem");
        File.WriteAllText(AuthorityFile, authority.Pem);
        var machine = Bundles.FirstOrDefault(File.Exists)
            ?? throw new BenchmarkFailure("This machine has no bundle of root certificates: install the package ca-certificates.");
        // The machine's own come first: whoever looks for one root has to pass them all.
        File.WriteAllText(BundleFile, File.ReadAllText(machine) + "\n" + authority.Pem);
    }

    /// <summary>What the endpoint presents: a certificate for localhost.</summary>
    public SslStreamCertificateContext Server { get; }

    /// <summary>For <c>SSL_CERT_FILE</c>: the machine's roots and the benchmark's.</summary>
    public string BundleFile { get; }

    /// <summary>The benchmark's root alone, for what brings roots of its own.</summary>
    public string AuthorityFile { get; }

    public void Dispose() => localhost.Dispose();
}
