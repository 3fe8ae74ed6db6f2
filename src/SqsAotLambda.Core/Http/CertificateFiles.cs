using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Http;

/// <summary>
/// The files of certificates that .NET on Linux would load, read by the rules it reads them by: those of its
/// <c>OpenSslCachedSystemStoreProvider</c> and of OpenSSL's <c>PEM_read_bio_X509</c>.
/// </summary>
/// <param name="file">Null: there is none.</param>
internal sealed class CertificateFiles(string? file, IEnumerable<string> directories)
{
    /// <summary>Where OpenSSL looks by itself.</summary>
    private static readonly (string File, string Directory)[] Usual =
    [
        // Amazon Linux, Red Hat.
        ("/etc/pki/tls/cert.pem", "/etc/pki/tls/certs"),
        // Debian.
        ("/usr/lib/ssl/cert.pem", "/usr/lib/ssl/certs"),
        // Alpine, Arch, SUSE.
        ("/etc/ssl/cert.pem", LastResort),
    ];

    /// <summary>
    /// Of certificates that .NET trusts, or uses, for this user alone, in files of its own kind; below the home directory. Lambda has none.
    /// </summary>
    private static readonly string[] UserStores = [".dotnet/corefx/cryptography/x509stores/root", ".dotnet/corefx/cryptography/x509stores/ca"];

    /// <summary>In the place of a directory of OpenSSL's own that has nothing.</summary>
    private const string LastResort = "/etc/ssl/certs";

    /// <summary>Null: there is nothing, or more than these files say, and it is .NET's own trust that counts.</summary>
    public static CertificateFiles? Find(IReadOnlyDictionary<string, string> environment)
    {
        var home = environment.GetValueOrDefault("HOME") is { Length: > 0 } own
            ? own
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (Array.Exists(UserStores, store => IsUsed(Path.Combine(home, store)))) return null;

        var usual = Array.Find(Usual, place => File.Exists(place.File) || Directory.Exists(place.Directory));
        var file = environment.GetValueOrDefault("SSL_CERT_FILE", usual.File ?? "");
        var directories = environment.TryGetValue("SSL_CERT_DIR", out var named)
            ? named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : OwnDirectory(usual.Directory);
        return File.Exists(file) || directories.Any(Directory.Exists) ? new(file is "" ? null : file, directories) : null;
    }

    /// <summary>
    /// All certificates that have one of these names, and where one of them is an intermediate, those that have the name of its issuer:
    /// with them a chain ends as it would with all there are.
    /// </summary>
    /// <param name="issuers">Their <see cref="NameDigest"/>s.</param>
    public X509Certificate2Collection IssuedBy(IReadOnlySet<ulong> issuers)
    {
        var names = new HashSet<ulong>(issuers);
        while (true)
        {
            var found = new X509Certificate2Collection();
            foreach (var path in Paths()) Read(path, names, found);

            var known = names.Count;
            foreach (var certificate in found) names.Add(NameDigest.Of(certificate.IssuerName.RawData));
            if (names.Count == known) return found;
        }
    }

    /// <summary>Where one is a link to another, as half of them are in Debian's directory, one of the two.</summary>
    private IEnumerable<string> Paths()
    {
        var known = new HashSet<string>();
        var paths = directories.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        foreach (var path in file is null ? paths : paths.Prepend(file))
        {
            var own = known.Add(Path.GetFullPath(path));
            if (own
                && (
                    new FileInfo(path).LinkTarget is not { } target
                    || known.Add(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, target)))))
                yield return path;
        }
    }

    private static void Read(string path, HashSet<ulong> names, X509Certificate2Collection found)
    {
        byte[] text;
        try
        {
            text = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // .NET passes over it too.
            return;
        }

        foreach (var certificate in new PemCertificates(text))
        {
            Der.ReadNames(certificate, out var issuer, out var subject);
            if (subject.IsEmpty) return;
            if (!names.Contains(NameDigest.Of(subject))) continue;

            try
            {
                AddNew(X509CertificateLoader.LoadCertificate(certificate), found);
            }
            catch (CryptographicException)
            {
                // OpenSSL reads no further than to a certificate that it can't read.
                return;
            }
        }
    }

    /// <summary>Of roots, and of intermediates, the first with an issuer and a serial number is the one that .NET takes.</summary>
    private static void AddNew(X509Certificate2 certificate, X509Certificate2Collection found)
    {
        if (!found.Any(other => other.Equals(certificate) && IsRoot(other) == IsRoot(certificate))) found.Add(certificate);
    }

    private static bool IsRoot(X509Certificate2 certificate) => certificate.Subject == certificate.Issuer;

    /// <summary>Looked at when it is needed: it need not be to start.</summary>
    /// <param name="usual">Null: there is none.</param>
    private static IEnumerable<string> OwnDirectory(string? usual)
    {
        yield return usual is not null && IsUsed(usual) ? usual : LastResort;
    }

    private static bool IsUsed(string directory) => Directory.Exists(directory) && Directory.EnumerateFiles(directory).Any();
}
