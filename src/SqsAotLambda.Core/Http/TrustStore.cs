using System.Net.Security;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Http;

/// <summary>
/// Whom every TLS connection trusts: the certificates that .NET trusts, and what .NET's own verification makes of them.
/// Only, .NET would load all of them at the first handshake, which takes tens of milliseconds of CPU; here those are picked that a server names as
/// issuers.
/// </summary>
internal sealed partial class TrustStore
{
    /// <summary>.NET's own.</summary>
    public static readonly TrustStore Default = new(null, TimeProvider.System);

    /// <summary>Lookups that are kept: one for each chain that servers present.</summary>
    private const int MaxLookups = 16;

    /// <summary>After which .NET, too, looks whether a file has changed.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private readonly CertificateFiles? files;
    private readonly TimeProvider time;
    private readonly Queue<Lookup> lookups = new(MaxLookups);

    /// <param name="files">Null: .NET's own trust.</param>
    internal TrustStore(CertificateFiles? files, TimeProvider time) => (this.files, this.time) = (files, time);

    /// <summary>
    /// Takes the place of .NET's trust, for the whole process: .NET finds an empty store from here on.
    /// To be called before the first handshake, and while no other thread could read the environment.
    /// </summary>
    public static TrustStore Take(IReadOnlyDictionary<string, string> environment, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux() || CertificateFiles.Find(environment) is not { } files) return Default;

        // The runtime asks getenv, which the managed setters do not reach. An empty value names no file and no directory, not the usual ones.
        var hidden = SetEnvironmentVariable("SSL_CERT_FILE", "", overwrite: 1) == 0 && SetEnvironmentVariable("SSL_CERT_DIR", "", overwrite: 1) == 0;
        return hidden ? new(files, time) : Default;
    }

    /// <summary>For a connection to a host.</summary>
    public SslClientAuthenticationOptions OptionsFor(string host) => new()
    {
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        TargetHost = host,
        // As .NET has it without a policy but for downloads: where an intermediate is missing, a certificate could have any address fetched.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationFlag = X509RevocationFlag.ExcludeRoot,
            RevocationMode = X509RevocationMode.NoCheck,
        },
        RemoteCertificateValidationCallback = Accept,
    };

    /// <exception cref="CertificateRefusedException">In the place of false, so that the reason is told.</exception>
    private bool Accept(object connection, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var others = errors & ~SslPolicyErrors.RemoteCertificateChainErrors;
        if (others is not SslPolicyErrors.None || chain is null || certificate is not X509Certificate2 leaf)
            throw new CertificateRefusedException(others.ToString());

        // The chain is the one that .NET has built, in vain, with its empty store: with what it was built by, and with roots, it is built again.
        if (files is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(Find(files, leaf, chain.ChainPolicy.ExtraStore));
        }

        var accepted = files is null ? errors is SslPolicyErrors.None : chain.Build(leaf);
        return accepted ? true : throw CertificateRefusedException.For(chain);
    }

    /// <summary>What is known of the issuers that a server names.</summary>
    private X509Certificate2Collection Find(CertificateFiles files, X509Certificate2 leaf, X509Certificate2Collection presented)
    {
        var issuers = new HashSet<ulong> { NameDigest.Of(leaf.IssuerName.RawData) };
        foreach (var certificate in presented) issuers.Add(NameDigest.Of(certificate.IssuerName.RawData));

        foreach (var lookup in lookups)
            if (lookup.Issuers.SetEquals(issuers) && time.GetElapsedTime(lookup.At) < FreshFor) return lookup.Found;

        if (lookups.Count == MaxLookups) lookups.Dequeue();
        var found = files.IssuedBy(issuers);
        lookups.Enqueue(new(issuers, found, time.GetTimestamp()));
        return found;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);

    private sealed record Lookup(HashSet<ulong> Issuers, X509Certificate2Collection Found, long At);
}
