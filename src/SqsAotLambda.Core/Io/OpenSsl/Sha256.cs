namespace SqsAotLambda.Io.OpenSsl;

/// <summary>SHA-256, and HMAC made of it, by the library that is there for TLS.</summary>
internal static class Sha256
{
    /// <summary>In bytes.</summary>
    private const int Length = 32;

    private static readonly nint Method = LoadMethod();

    public static byte[] Hash(ReadOnlySpan<byte> data)
    {
        var hash = new byte[Length];
        return LibCrypto.Digest(data, (nuint)data.Length, hash, 0, Method, 0) == 1 ? hash : throw Failed();
    }

    public static byte[] Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        var hash = new byte[Length];
        return LibCrypto.Hmac(Method, key, key.Length, data, (nuint)data.Length, hash, 0) != 0 ? hash : throw Failed();
    }

    /// <summary>Whether both are the same, in a time that tells nothing of where they differ.</summary>
    public static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.Length == other.Length && LibCrypto.Compare(one, other, (nuint)one.Length) == 0;

    private static nint LoadMethod()
    {
        _ = LibCrypto.Initialize(LibSsl.NoCleanUp | LibSsl.NoCryptoTexts, 0);
        return LibCrypto.Sha256();
    }

    private static InvalidOperationException Failed() => new("OpenSSL makes no SHA-256.");
}
