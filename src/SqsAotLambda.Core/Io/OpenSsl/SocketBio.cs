using System.Runtime.InteropServices;

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>How OpenSSL reads from and writes to a <see cref="TlsSession"/>'s socket, so that its bytes, too, go over the loop's driver.</summary>
internal static unsafe class SocketBio
{
    /// <summary>Lives as long as the process.</summary>
    private static readonly nint Method = MakeMethod();

    /// <param name="session">A handle to the session, which lives longer than the BIO.</param>
    public static void Attach(nint ssl, nint session)
    {
        var bio = LibCrypto.NewBio(Method);
        LibCrypto.SetData(bio, session);
        LibCrypto.SetInit(bio, 1);
        LibSsl.SetBio(ssl, bio, bio);
    }

    private static nint MakeMethod()
    {
        var method = LibCrypto.NewBioMethod(LibCrypto.SourceSink | LibCrypto.OfOurOwn, "socket\0"u8);
        _ = LibCrypto.SetRead(method, &Receive);
        _ = LibCrypto.SetWrite(method, &Send);
        _ = LibCrypto.SetControl(method, &Control);
        return method;
    }

    // OpenSSL calls these, and an exception that reached it would end the process: what they call must not throw.
    [UnmanagedCallersOnly]
    private static int Receive(nint bio, byte* to, int length) => Tell(bio, SessionOf(bio).Receive(new(to, length)), LibCrypto.Read);

    [UnmanagedCallersOnly]
    private static int Send(nint bio, byte* bytes, int length) => Tell(bio, SessionOf(bio).Send(new(bytes, length)), LibCrypto.Write);

    [UnmanagedCallersOnly]
    private static nint Control(nint bio, int command, nint number, nint pointer) => command switch
    {
        LibCrypto.Flush => 1,
        LibCrypto.EndOfFile => SessionOf(bio).HasEnded ? 1 : 0,
        _ => 0,
    };

    private static int Tell(nint bio, int result, int direction)
    {
        LibCrypto.ClearFlags(bio, LibCrypto.Read | LibCrypto.Write | LibCrypto.ShouldRetry);
        if (result == -Errno.Again) LibCrypto.SetFlags(bio, direction | LibCrypto.ShouldRetry);
        return Math.Max(result, -1);
    }

    private static TlsSession SessionOf(nint bio) => (TlsSession)GCHandle.FromIntPtr(LibCrypto.GetData(bio)).Target!;
}
