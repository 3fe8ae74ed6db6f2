using System.Runtime.InteropServices;
using System.Text;

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>What all TLS connections share: versions, and whom they trust. It takes milliseconds to make, and lives as long as the process.</summary>
internal sealed unsafe class TlsContext
{
    /// <summary>In characters, of a name that is shown.</summary>
    private const int MaxName = 200;

    private static readonly int IndexInVerification;

    /// <summary>Looks certificates up by their subjects; lives as long as the process.</summary>
    private static readonly nint LookUpMethod;

    private readonly Func<IRoots> roots;
    private readonly GCHandle self;
    private IRoots? current;

    static TlsContext()
    {
        // The machine's openssl.cnf is read: on Amazon Linux it has the policy for all programs.
        _ = LibSsl.Initialize(LibSsl.NoCleanUp | LibSsl.NoSslTexts | LibSsl.NoCryptoTexts, 0);
        IndexInVerification = LibSsl.IndexInVerification();
        LookUpMethod = LibCrypto.NewLookUpMethod("roots by subject\0"u8);
        _ = LibCrypto.SetBySubject(LookUpMethod, &BySubject);
    }

    /// <param name="roots">Asked for each new connection. Where it gives others than before, nothing is kept of those.</param>
    public TlsContext(Func<IRoots> roots)
    {
        (this.roots, self) = (roots, GCHandle.Alloc(this));
        Handle = LibSsl.NewContext(LibSsl.ClientMethod());
        if (Handle == 0) throw new TlsException($"OpenSSL makes no context: {TlsException.LastError()}");

        LibSsl.Control(Handle, LibSsl.SetMinVersion, LibSsl.Tls12, 0);
        LibSsl.SetOptions(Handle, LibSsl.NoRenegotiation | LibSsl.IgnoreUnexpectedEnd);
        // The collector may move a buffer between two tries of one write.
        LibSsl.Control(Handle, LibSsl.SetMode, LibSsl.PartialWrites | LibSsl.MovingBuffers | LibSsl.ReleasedBuffers, 0);
        // One call of the kernel for a record, not one for its head and one for the rest.
        LibSsl.Control(Handle, LibSsl.SetReadAhead, 1, 0);
        LibSsl.Control(Handle, LibSsl.SetSessionCache, LibSsl.ClientSessions, 0);
        LibSsl.SetNewSession(Handle, &Keep);
        LibSsl.SetVerify(Handle, LibSsl.VerifyPeer, &Verify);
        var protocol = "\bhttp/1.1"u8;
        _ = LibSsl.SetProtocols(Handle, protocol, (uint)protocol.Length);
    }

    private nint Handle { get; }

    /// <summary>A connection to be, which trusts what is trusted now.</summary>
    public nint NewConnection()
    {
        if (roots() is var now && !ReferenceEquals(now, current)) Trust(now);
        return LibSsl.New(Handle) is not 0 and var ssl ? ssl : throw new TlsException($"OpenSSL makes no connection: {TlsException.LastError()}");
    }

    private void Trust(IRoots now)
    {
        current = now;
        var store = LibCrypto.NewStore();
        _ = LibCrypto.SetLookUpData(LibCrypto.AddLookUp(store, LookUpMethod), GCHandle.ToIntPtr(self));
        LibSsl.SetStore(Handle, store);
    }

    // OpenSSL calls what follows, and an exception that reached it would end the process.

    /// <summary>The store has no certificate of that subject. 1: it has now, and found is one of them.</summary>
    [UnmanagedCallersOnly]
    private static int BySubject(nint lookUp, int type, nint subject, nint found)
    {
        try
        {
            byte* bytes;
            nuint length;
            if (type != LibCrypto.Certificate || LibCrypto.GetNameBytes(subject, &bytes, &length) != 1) return 0;

            var isFound = false;
            var context = (TlsContext)GCHandle.FromIntPtr(LibCrypto.GetLookUpData(lookUp)).Target!;
            foreach (var root in context.current!.OfSubject(new(bytes, (int)length)))
                isFound |= Add(root.Span, LibCrypto.GetStore(lookUp), subject, found, isFound);
            return isFound ? 1 : 0;
        }
        catch (Exception)
        {
            // What can't be read holds no root: the chain is refused, and says so.
            return 0;
        }
    }

    /// <returns>It has that subject, as OpenSSL compares names.</returns>
    private static bool Add(ReadOnlySpan<byte> root, nint store, nint subject, nint found, bool isFound)
    {
        fixed (byte* first = root)
        {
            var cursor = first;
            var certificate = LibCrypto.ReadCertificate(0, &cursor, root.Length);
            if (certificate == 0) return false;

            var isIt = LibCrypto.AddCertificate(store, certificate) == 1
                && LibCrypto.CompareNames(LibCrypto.SubjectOf(certificate), subject) == 0;
            // The store has it, too: https://docs.openssl.org/3.0/man3/X509_LOOKUP_meth_new/#notes
            if (isIt && !isFound && LibCrypto.SetFound(found, certificate) == 1) LibCrypto.FreeCertificate(certificate);
            LibCrypto.FreeCertificate(certificate);
            return isIt;
        }
    }

    /// <summary>A certificate of the chain was looked at. 0: the handshake ends.</summary>
    [UnmanagedCallersOnly]
    private static int Verify(int accepted, nint verification)
    {
        if (accepted == 1) return 1;

        try
        {
            var ssl = LibCrypto.GetVerificationData(verification, IndexInVerification);
            var error = LibCrypto.GetVerificationError(verification);
            TlsSession.Of(ssl)?.Refuse(error, NameOf(LibCrypto.GetCurrentCertificate(verification)));
        }
        catch (Exception)
        {
            // It is refused all the same.
        }

        return 0;
    }

    /// <summary>A session has come that can be resumed. 1: it is ours from now on.</summary>
    [UnmanagedCallersOnly]
    private static int Keep(nint ssl, nint session)
    {
        if (TlsSession.Of(ssl) is not { } connection || LibSsl.IsResumable(session) == 0) return 0;

        connection.Keep(session);
        return 1;
    }

    private static string NameOf(nint certificate)
    {
        if (certificate == 0) return "";

        var text = stackalloc byte[MaxName];
        _ = LibCrypto.NameText(LibCrypto.SubjectOf(certificate), text, MaxName);
        return Encoding.ASCII.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
    }
}

/// <summary>The certificates that are trusted.</summary>
internal interface IRoots
{
    /// <summary>Those of a subject, and perhaps others.</summary>
    /// <param name="name">In DER.</param>
    /// <returns>Certificates in DER.</returns>
    IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name);
}
