using System.Runtime.InteropServices;

// Where the system has them, and nowhere beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>
/// What TLS needs of OpenSSL 3's libssl, the library that .NET itself uses: <see href="https://docs.openssl.org/3.0/man3/"/>. It is loaded by the
/// first call.
/// </summary>
internal static unsafe partial class LibSsl
{
    /// <summary>Of <see cref="Initialize"/>: no clean-up while the process ends; no texts of errors before there is one.</summary>
    public const ulong NoCleanUp = 0x80000, NoSslTexts = 0x100000, NoCryptoTexts = 1;

    /// <summary>Commands of <see cref="Control(nint, int, nint, nint)"/>.</summary>
    public const int SetMode = 33, SetReadAhead = 41, SetSessionCache = 44, SetMinVersion = 123;

    /// <summary>Command of <see cref="ControlConnection"/>.</summary>
    public const int SetServerName = 55;

    public const nint PartialWrites = 1, MovingBuffers = 2, ReleasedBuffers = 0x10;
    public const nint Tls12 = 0x303;

    /// <summary>Sessions of clients, which OpenSSL itself keeps none of.</summary>
    public const nint ClientSessions = 0x301;

    public const ulong NoRenegotiation = 1 << 30, IgnoreUnexpectedEnd = 1 << 7;
    public const int VerifyPeer = 1;
    public const int WantRead = 2, WantWrite = 3, ZeroReturn = 6;
    public const int SentAndReceived = 3;

    private const string Name = "libssl.so.3";

    [LibraryImport(Name, EntryPoint = "OPENSSL_init_ssl")]
    public static partial int Initialize(ulong options, nint settings);

    [LibraryImport(Name, EntryPoint = "ERR_load_SSL_strings")]
    public static partial int LoadTexts();

    [LibraryImport(Name, EntryPoint = "TLS_client_method")]
    public static partial nint ClientMethod();

    [LibraryImport(Name, EntryPoint = "SSL_CTX_new")]
    public static partial nint NewContext(nint method);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_ctrl")]
    public static partial nint Control(nint context, int command, nint number, nint pointer);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_options")]
    public static partial ulong SetOptions(nint context, ulong options);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_alpn_protos")]
    public static partial int SetProtocols(nint context, ReadOnlySpan<byte> protocols, uint length);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_verify")]
    public static partial void SetVerify(nint context, int mode, delegate* unmanaged<int, nint, int> callback);

    /// <summary>The store is the context's from then on.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_CTX_set_cert_store")]
    public static partial void SetStore(nint context, nint store);

    [LibraryImport(Name, EntryPoint = "SSL_CTX_sess_set_new_cb")]
    public static partial void SetNewSession(nint context, delegate* unmanaged<nint, nint, int> callback);

    [LibraryImport(Name, EntryPoint = "SSL_new")]
    public static partial nint New(nint context);

    [LibraryImport(Name, EntryPoint = "SSL_free")]
    public static partial void Free(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set_shutdown")]
    public static partial void SetShutdown(nint ssl, int mode);

    /// <summary>Takes one reference for both directions.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_set_bio")]
    public static partial void SetBio(nint ssl, nint read, nint write);

    [LibraryImport(Name, EntryPoint = "SSL_ctrl")]
    public static partial nint ControlConnection(nint ssl, int command, nint number, ReadOnlySpan<byte> text);

    [LibraryImport(Name, EntryPoint = "SSL_set_ex_data")]
    public static partial int SetData(nint ssl, int index, nint data);

    [LibraryImport(Name, EntryPoint = "SSL_get_ex_data")]
    public static partial nint GetData(nint ssl, int index);

    [LibraryImport(Name, EntryPoint = "SSL_get_ex_data_X509_STORE_CTX_idx")]
    public static partial int IndexInVerification();

    [LibraryImport(Name, EntryPoint = "SSL_get0_param")]
    public static partial nint GetParameters(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_set_session")]
    public static partial int SetSession(nint ssl, nint session);

    /// <summary>To be freed.</summary>
    [LibraryImport(Name, EntryPoint = "SSL_SESSION_dup")]
    public static partial nint CopySession(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_free")]
    public static partial void FreeSession(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_SESSION_is_resumable")]
    public static partial int IsResumable(nint session);

    [LibraryImport(Name, EntryPoint = "SSL_session_reused")]
    public static partial int IsResumed(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_connect")]
    public static partial int Connect(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_read")]
    public static partial int Read(nint ssl, Span<byte> bytes, int length);

    [LibraryImport(Name, EntryPoint = "SSL_write")]
    public static partial int Write(nint ssl, ReadOnlySpan<byte> bytes, int length);

    [LibraryImport(Name, EntryPoint = "SSL_has_pending"), SuppressGCTransition]
    public static partial int HasPending(nint ssl);

    [LibraryImport(Name, EntryPoint = "SSL_get_error"), SuppressGCTransition]
    public static partial int GetError(nint ssl, int result);

    [LibraryImport(Name, EntryPoint = "SSL_alert_desc_string_long")]
    public static partial byte* AlertText(int alert);
}
