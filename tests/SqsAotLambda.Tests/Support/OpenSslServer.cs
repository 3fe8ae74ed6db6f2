using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Tests.Support;

/// <summary>A TLS server that does what .NET's can't: it hands out tickets and new keys as it likes. Each connection has a thread.</summary>
internal sealed partial class OpenSslServer : IDisposable
{
    /// <summary>Of a call that waits for the client.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Issued certificate;
    private readonly Action<Client> serve;
    private readonly nint version;
    private readonly Thread accepting;

    /// <param name="version">The only one that is spoken.</param>
    public OpenSslServer(Issued certificate, Action<Client> serve, nint version = Tls13)
    {
        (this.certificate, this.serve, this.version) = (certificate, serve, version);
        listener.Start();
        accepting = new(Accept) { IsBackground = true, Name = "TLS server" };
        accepting.Start();
    }

    public const nint Tls12 = 0x303, Tls13 = 0x304;

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public void Dispose()
    {
        listener.Stop();
        accepting.Join();
    }

    private void Accept()
    {
        var context = Context();
        var threads = new List<Thread>();
        try
        {
            while (true)
            {
                var socket = listener.AcceptSocket();
                threads.Add(new(() => Serve(context, socket)) { IsBackground = true, Name = "TLS connection" });
                threads[^1].Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }

        threads.ForEach(thread => thread.Join());
        LibSsl.FreeContext(context);
    }

    private void Serve(nint context, Socket socket)
    {
        using var connection = socket;
        connection.NoDelay = true;
        connection.Blocking = true;
        (connection.ReceiveTimeout, connection.SendTimeout) = ((int)Limit.TotalMilliseconds, (int)Limit.TotalMilliseconds);
        var ssl = LibSsl.New(context);
        _ = SetSocket(ssl, (int)connection.Handle);
        if (AcceptHandshake(ssl) == 1) serve(new(ssl, connection));
        LibCrypto.ClearErrors();
        LibSsl.Free(ssl);
    }

    private nint Context()
    {
        const int SetMaxVersion = 124;
        var context = LibSsl.NewContext(ServerMethod());
        LibSsl.Control(context, LibSsl.SetMinVersion, version, 0);
        LibSsl.Control(context, SetMaxVersion, version, 0);
        var (leaf, key) = (certificate.Certificate.RawData, certificate.Key.ExportPkcs8PrivateKey());
        Assert.Equal(1, UseCertificate(context, leaf.Length, leaf));
        Assert.Equal(1, UseKey(EllipticKey, context, key, key.Length));
        return context;
    }

    private const int EllipticKey = 408;

    [LibraryImport("libssl.so.3", EntryPoint = "TLS_server_method")]
    private static partial nint ServerMethod();

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_use_certificate_ASN1")]
    private static partial int UseCertificate(nint context, int length, ReadOnlySpan<byte> certificate);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_CTX_use_PrivateKey_ASN1")]
    private static partial int UseKey(int type, nint context, ReadOnlySpan<byte> key, nint length);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_set_fd")]
    private static partial int SetSocket(nint ssl, int handle);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_accept")]
    private static partial int AcceptHandshake(nint ssl);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_do_handshake")]
    private static partial int Handshake(nint ssl);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_key_update")]
    private static partial int UpdateKeys(nint ssl, int type);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_new_session_ticket")]
    private static partial int GiveTicket(nint ssl);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_renegotiate")]
    private static partial int Renegotiate(nint ssl);

    [LibraryImport("libssl.so.3", EntryPoint = "SSL_shutdown")]
    private static partial int Shutdown(nint ssl);

    /// <summary>The other end, of a connection that has its handshake behind it.</summary>
    internal readonly struct Client(nint ssl, Socket socket)
    {
        public Socket Socket => socket;

        /// <summary>It sends no more.</summary>
        public bool HasEnded => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

        public bool IsResumed => LibSsl.IsResumed(ssl) == 1;

        /// <returns>How many bytes came; 0: none will.</returns>
        public int Read(Span<byte> to)
        {
            LibCrypto.ClearErrors();
            return Math.Max(0, LibSsl.Read(ssl, to, to.Length));
        }

        /// <summary>Reads as long as something is missing.</summary>
        public bool TryRead(int count)
        {
            Span<byte> to = stackalloc byte[4096];
            for (int read; count > 0; count -= read)
                if ((read = Read(to[..Math.Min(to.Length, count)])) == 0) return false;

            return true;
        }

        public bool Write(ReadOnlySpan<byte> bytes)
        {
            LibCrypto.ClearErrors();
            return LibSsl.Write(ssl, bytes, bytes.Length) > 0;
        }

        /// <param name="ofBoth">Asks the client for a new one, too.</param>
        public bool UpdateKey(bool ofBoth)
        {
            LibCrypto.ClearErrors();
            return UpdateKeys(ssl, ofBoth ? 1 : 0) == 1 && Handshake(ssl) == 1;
        }

        public bool GiveTicket()
        {
            LibCrypto.ClearErrors();
            return OpenSslServer.GiveTicket(ssl) == 1 && Handshake(ssl) == 1;
        }

        /// <summary>Says that nothing more comes.</summary>
        public void SayFarewell() => _ = Shutdown(ssl);

        /// <summary>Asks for another handshake, which TLS 1.2 has.</summary>
        public bool AskForHandshake()
        {
            LibCrypto.ClearErrors();
            return Renegotiate(ssl) == 1 && Handshake(ssl) == 1;
        }
    }
}
