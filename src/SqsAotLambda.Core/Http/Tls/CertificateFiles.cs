namespace SqsAotLambda.Http.Tls;

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

    /// <summary>In the place of a directory of OpenSSL's own that has nothing.</summary>
    private const string LastResort = "/etc/ssl/certs";

    /// <summary>Null: there are none.</summary>
    public static CertificateFiles? Find(IReadOnlyDictionary<string, string> environment)
    {
        var usual = Array.Find(Usual, place => File.Exists(place.File) || Directory.Exists(place.Directory));
        var file = environment.GetValueOrDefault("SSL_CERT_FILE", usual.File ?? "");
        var directories = environment.TryGetValue("SSL_CERT_DIR", out var named)
            ? named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : OwnDirectory(usual.Directory);
        return File.Exists(file) || directories.Any(Directory.Exists) ? new(file is "" ? null : file, directories) : null;
    }

    /// <summary>Where each certificate is.</summary>
    public IEnumerable<CertificatePlace> Index() => Paths().SelectMany(Index);

    /// <summary>
    /// The certificates at these places, as far as they are still there. Of roots, and of intermediates, the first with an issuer and a serial number
    /// is the one that .NET takes.
    /// </summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Read(IEnumerable<CertificatePlace> places)
    {
        var known = new HashSet<string>();
        foreach (var place in places)
        {
            if (TextOf(place.Path) is not { } text || text.Length < place.Start) continue;

            var certificates = new PemCertificates(text.AsSpan(place.Start));
            if (certificates.MoveNext() && known.Add(NumberOf(certificates.Current))) yield return certificates.Current.ToArray();
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

    private static List<CertificatePlace> Index(string path)
    {
        var places = new List<CertificatePlace>();
        if (TextOf(path) is not { } text) return places;

        for (var certificates = new PemCertificates(text); certificates.MoveNext();)
        {
            Der.ReadNames(certificates.Current, out _, out _, out var subject);
            if (subject.IsEmpty) break;

            places.Add(new(NameDigest.Of(subject), path, certificates.Start));
        }

        return places;
    }

    /// <summary>Null: it can't be read.</summary>
    private static byte[]? TextOf(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // .NET passes over it too.
            return null;
        }
    }

    private static string NumberOf(ReadOnlySpan<byte> certificate)
    {
        Der.ReadNames(certificate, out var number, out var issuer, out var subject);
        return $"{(issuer.SequenceEqual(subject) ? "root" : "intermediate")} {Convert.ToHexString(number)} {Convert.ToHexString(issuer)}";
    }

    /// <summary>Looked at when it is needed: it need not be to start.</summary>
    /// <param name="usual">Null: there is none.</param>
    private static IEnumerable<string> OwnDirectory(string? usual)
    {
        yield return usual is not null && IsUsed(usual) ? usual : LastResort;
    }

    private static bool IsUsed(string directory) => Directory.Exists(directory) && Directory.EnumerateFiles(directory).Any();
}

/// <summary>Where a certificate is.</summary>
/// <param name="Subject">The <see cref="NameDigest"/> of its subject.</param>
/// <param name="Start">Of its block in the file, in bytes.</param>
internal readonly record struct CertificatePlace(ulong Subject, string Path, int Start);
