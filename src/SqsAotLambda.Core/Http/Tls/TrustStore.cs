using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Http.Tls;

/// <summary>
/// Whom every TLS connection trusts: the certificates in the machine's files. They are read when a server's chain asks for one of them, because all
/// of them take tens of milliseconds of CPU.
/// </summary>
/// <param name="files">Null: nobody is trusted.</param>
internal sealed class TrustStore(CertificateFiles? files, TimeProvider time) : ITls
{
    /// <summary>After which a file that has changed is read anew.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    private Roots roots = new(files);
    private long readAt = time.GetTimestamp();

    /// <summary>Trusts nobody.</summary>
    public static TrustStore None => new(null, TimeProvider.System);

    /// <summary>Made when it is first asked for, which takes some milliseconds.</summary>
    /// <exception cref="TlsException">OpenSSL can't be used.</exception>
    public TlsContext Context => field ??= Make();

    /// <param name="environment">May name the files, as OpenSSL has it: SSL_CERT_FILE, SSL_CERT_DIR.</param>
    public static TrustStore Of(IReadOnlyDictionary<string, string> environment, TimeProvider time) => new(CertificateFiles.Find(environment), time);

    public void Prepare()
    {
        try
        {
            _ = Context;
        }
        catch (TlsException)
        {
            // The handshake meets it again, and tells it.
        }
    }

    public async ValueTask<ITransport> SecureAsync(Loop loop, TcpSocket socket, string host, TlsTickets tickets) =>
        await TlsSession.ConnectAsync(loop, Context, socket, host, tickets);

    private TlsContext Make()
    {
        try
        {
            return new(Fresh);
        }
        catch (Exception e) when ((e is TypeInitializationException { InnerException: { } inner } ? inner : e) is TypeLoadException)
        {
            throw new TlsException("OpenSSL 3 (libssl.so.3) is missing on this machine");
        }
    }

    private Roots Fresh()
    {
        if (time.GetElapsedTime(readAt) >= FreshFor) (roots, readAt) = (new(files), time.GetTimestamp());
        return roots;
    }

    /// <summary>As the files were at one time.</summary>
    private sealed class Roots(CertificateFiles? files) : IRoots
    {
        /// <summary>By the digest of their subjects; null: nobody has asked yet.</summary>
        private ILookup<ulong, CertificatePlace>? places;

        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name)
        {
            if (files is null) return [];

            places ??= files.Index().ToLookup(place => place.Subject);
            return CertificateFiles.Read(places[NameDigest.Of(name)]);
        }
    }
}
