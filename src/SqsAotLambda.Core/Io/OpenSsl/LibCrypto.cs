using System.Runtime.InteropServices;

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>What TLS needs of OpenSSL 3's libcrypto: <see href="https://docs.openssl.org/3.0/man3/"/>. It is loaded by the first call.</summary>
internal static unsafe partial class LibCrypto
{
    /// <summary>Of BIO: what it is, and what to do again.</summary>
    public const int SourceSink = 0x400, OfOurOwn = 100, Read = 1, Write = 2, ShouldRetry = 8;

    /// <summary>Commands that a BIO is given.</summary>
    public const int EndOfFile = 2, Flush = 11;

    public const uint NoPartialWildcards = 4;

    /// <summary>What a look-up of the store is for.</summary>
    public const int Certificate = 1;

    private const string Name = "libcrypto.so.3";

    [LibraryImport(Name, EntryPoint = "OPENSSL_init_crypto")]
    public static partial int Initialize(ulong options, nint settings);

    [LibraryImport(Name, EntryPoint = "EVP_sha256")]
    public static partial nint Sha256();

    [LibraryImport(Name, EntryPoint = "EVP_Digest")]
    public static partial int Digest(ReadOnlySpan<byte> data, nuint length, Span<byte> hash, nint hashLength, nint method, nint engine);

    [LibraryImport(Name, EntryPoint = "HMAC")]
    public static partial nint Hmac(
        nint method, ReadOnlySpan<byte> key, int keyLength, ReadOnlySpan<byte> data, nuint length, Span<byte> hash, nint hashLength);

    [LibraryImport(Name, EntryPoint = "CRYPTO_memcmp")]
    public static partial int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, nuint length);

    [LibraryImport(Name, EntryPoint = "ERR_clear_error"), SuppressGCTransition]
    public static partial void ClearErrors();

    [LibraryImport(Name, EntryPoint = "ERR_peek_error")]
    public static partial ulong PeekError();

    [LibraryImport(Name, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ErrorText(ulong error);

    [LibraryImport(Name, EntryPoint = "BIO_meth_new")]
    public static partial nint NewBioMethod(int type, ReadOnlySpan<byte> name);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_read")]
    public static partial int SetRead(nint method, delegate* unmanaged<nint, byte*, int, int> read);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_write")]
    public static partial int SetWrite(nint method, delegate* unmanaged<nint, byte*, int, int> write);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int SetControl(nint method, delegate* unmanaged<nint, int, nint, nint, nint> control);

    [LibraryImport(Name, EntryPoint = "BIO_new")]
    public static partial nint NewBio(nint method);

    [LibraryImport(Name, EntryPoint = "BIO_set_data")]
    public static partial void SetData(nint bio, nint data);

    [LibraryImport(Name, EntryPoint = "BIO_get_data"), SuppressGCTransition]
    public static partial nint GetData(nint bio);

    [LibraryImport(Name, EntryPoint = "BIO_set_init")]
    public static partial void SetInit(nint bio, int init);

    [LibraryImport(Name, EntryPoint = "BIO_set_flags"), SuppressGCTransition]
    public static partial void SetFlags(nint bio, int flags);

    [LibraryImport(Name, EntryPoint = "BIO_clear_flags"), SuppressGCTransition]
    public static partial void ClearFlags(nint bio, int flags);

    [LibraryImport(Name, EntryPoint = "X509_STORE_new")]
    public static partial nint NewStore();

    [LibraryImport(Name, EntryPoint = "X509_STORE_add_cert")]
    public static partial int AddCertificate(nint store, nint certificate);

    [LibraryImport(Name, EntryPoint = "X509_STORE_add_lookup")]
    public static partial nint AddLookUp(nint store, nint method);

    [LibraryImport(Name, EntryPoint = "X509_LOOKUP_meth_new")]
    public static partial nint NewLookUpMethod(ReadOnlySpan<byte> name);

    [LibraryImport(Name, EntryPoint = "X509_LOOKUP_meth_set_get_by_subject")]
    public static partial int SetBySubject(nint method, delegate* unmanaged<nint, int, nint, nint, int> bySubject);

    [LibraryImport(Name, EntryPoint = "X509_LOOKUP_set_method_data")]
    public static partial int SetLookUpData(nint lookUp, nint data);

    [LibraryImport(Name, EntryPoint = "X509_LOOKUP_get_method_data")]
    public static partial nint GetLookUpData(nint lookUp);

    [LibraryImport(Name, EntryPoint = "X509_LOOKUP_get_store")]
    public static partial nint GetStore(nint lookUp);

    /// <summary>Takes a reference, and whoever asked for the object takes another: the look-up gives one back.</summary>
    [LibraryImport(Name, EntryPoint = "X509_OBJECT_set1_X509")]
    public static partial int SetFound(nint found, nint certificate);

    [LibraryImport(Name, EntryPoint = "d2i_X509")]
    public static partial nint ReadCertificate(nint into, byte** from, nint length);

    [LibraryImport(Name, EntryPoint = "X509_free")]
    public static partial void FreeCertificate(nint certificate);

    [LibraryImport(Name, EntryPoint = "X509_NAME_get0_der")]
    public static partial int GetNameBytes(nint name, byte** bytes, nuint* length);

    [LibraryImport(Name, EntryPoint = "X509_NAME_cmp")]
    public static partial int CompareNames(nint name, nint other);

    [LibraryImport(Name, EntryPoint = "X509_get_subject_name")]
    public static partial nint SubjectOf(nint certificate);

    [LibraryImport(Name, EntryPoint = "X509_NAME_oneline")]
    public static partial byte* NameText(nint name, byte* to, int size);

    [LibraryImport(Name, EntryPoint = "X509_STORE_CTX_get_ex_data")]
    public static partial nint GetVerificationData(nint verification, int index);

    [LibraryImport(Name, EntryPoint = "X509_STORE_CTX_get_error")]
    public static partial int GetVerificationError(nint verification);

    [LibraryImport(Name, EntryPoint = "X509_STORE_CTX_get_current_cert")]
    public static partial nint GetCurrentCertificate(nint verification);

    [LibraryImport(Name, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerificationText(nint error);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set_hostflags")]
    public static partial void SetHostFlags(nint parameters, uint flags);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set1_host")]
    public static partial int SetHost(nint parameters, ReadOnlySpan<byte> name, nuint length);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc")]
    public static partial int SetAddress(nint parameters, ReadOnlySpan<byte> address);
}
