using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SqsAotLambda.Io.OpenSsl;

/// <summary>TLS over a socket of the loop. Where OpenSSL can't go on, it waits for the socket.</summary>
internal sealed class TlsSession : ITransport
{
    /// <summary>Between two tries of a direction that waits for the other one, which hardly ever happens.</summary>
    private static readonly TimeSpan OtherDirection = TimeSpan.FromMilliseconds(5);

    private readonly Loop loop;
    private readonly TlsTickets tickets;
    private readonly Action arrived;
    private readonly GCHandle self;
    private readonly nint ssl;
    private Action whenUnasked = () => { };
    private TlsException? refusal;

    /// <summary>The errno of the socket that OpenSSL met; 0: none.</summary>
    private int broken;

    /// <summary>Came unasked, before the rest of what the next read gives; null: nothing did.</summary>
    private byte? unasked;

    private bool isDisposed;

    private TlsSession(Loop loop, TlsContext context, TcpSocket socket, string host, TlsTickets tickets)
    {
        (this.loop, Socket, this.tickets, arrived) = (loop, socket, tickets, Arrived);
        ssl = context.NewConnection();
        self = GCHandle.Alloc(this);
        var handle = GCHandle.ToIntPtr(self);
        SocketBio.Attach(ssl, handle);
        _ = LibSsl.SetData(ssl, 0, handle);
        Expect(host.TrimEnd('.'));
        tickets.Use(ssl);
    }

    public TcpSocket Socket { get; }

    /// <summary>The peer sends no more.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The handshake took up an earlier session.</summary>
    public bool IsResumed => LibSsl.IsResumed(ssl) == 1;

    /// <summary>Shakes hands.</summary>
    /// <param name="socket">Connected; it is the session's from now on.</param>
    /// <param name="host">Whose certificate is expected.</param>
    /// <exception cref="IOException">It came to nothing.</exception>
    public static async ValueTask<TlsSession> ConnectAsync(Loop loop, TlsContext context, TcpSocket socket, string host, TlsTickets tickets)
    {
        var session = new TlsSession(loop, context, socket, host, tickets);
        try
        {
            while (session.TryShakeHands() is { } forWriting) await (forWriting ? socket.WritableAsync() : socket.ReadableAsync());
            tickets.Tell();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = TryWrite(bytes.Span, out var forReading);
            bytes = bytes[count..];
            if (count > 0) continue;

            if (forReading) await loop.WaitUntilAsync(loop.After(OtherDirection));
            else await Socket.WritableAsync();
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> to)
    {
        while (true)
        {
            if (TryRead(to.Span, out var forWriting) is { } count) return count;

            if (forWriting) await loop.WaitUntilAsync(loop.After(OtherDirection));
            else await Socket.ReadableAsync();
        }
    }

    public bool TryRest(Action whenUnasked)
    {
        this.whenUnasked = whenUnasked;
        return IsQuiet() && Socket.TryRest(arrived);
    }

    public bool TryEndRest() => IsQuiet() && Socket.TryEndRest();

    public void Dispose()
    {
        if (isDisposed) return;

        isDisposed = true;
        // OpenSSL takes a session that ends without a farewell for a bad one, which can't be resumed.
        LibSsl.SetShutdown(ssl, LibSsl.SentAndReceived);
        LibSsl.Free(ssl);
        self.Free();
        Socket.Dispose();
    }

    /// <summary>For OpenSSL's calls: it must not throw.</summary>
    /// <inheritdoc cref="TcpSocket.Receive"/>
    public int Receive(Span<byte> to)
    {
        var received = Noted(Socket.Receive(to));
        HasEnded |= received == 0;
        return received;
    }

    /// <summary>For OpenSSL's calls: it must not throw.</summary>
    /// <inheritdoc cref="TcpSocket.Send"/>
    public int Send(ReadOnlySpan<byte> bytes) => Noted(Socket.Send(bytes));

    /// <summary>OpenSSL refuses the peer's certificate.</summary>
    public unsafe void Refuse(int error, string name)
    {
        var why = TlsException.Text(LibCrypto.VerificationText(error));
        refusal ??= new(name is "" ? why : $"{why} ({name})") { IsOfCertificate = true };
    }

    /// <summary>A ticket has come.</summary>
    public void Keep(nint session) => tickets.Keep(session);

    /// <summary>Null: it is none of ours.</summary>
    public static TlsSession? Of(nint ssl) =>
        LibSsl.GetData(ssl, 0) is not 0 and var handle ? GCHandle.FromIntPtr(handle).Target as TlsSession : null;

    private void Expect(string host)
    {
        var name = Encoding.ASCII.GetBytes(host + '\0');
        var parameters = LibSsl.GetParameters(ssl);
        LibCrypto.SetHostFlags(parameters, LibCrypto.NoPartialWildcards);
        // An address is checked as one, and is no server name.
        var isTaken = IPAddress.TryParse(host, out _)
            ? LibCrypto.SetAddress(parameters, name)
            : LibCrypto.SetHost(parameters, name, 0) & (int)LibSsl.ControlConnection(ssl, LibSsl.SetServerName, 0, name);
        if (isTaken != 1) refusal = new("the host is no name that a certificate could have") { IsOfCertificate = true };
    }

    /// <returns>Null: it is done. Else whether it waits for writing, or for reading.</returns>
    private bool? TryShakeHands()
    {
        if (refusal is not null) throw refusal;

        ThrowIfOver();
        LibCrypto.ClearErrors();
        var result = LibSsl.Connect(ssl);
        if (result == 1) return null;

        return LibSsl.GetError(ssl, result) switch
        {
            LibSsl.WantRead => false,
            LibSsl.WantWrite => true,
            _ => throw Failure(),
        };
    }

    /// <returns>Null: nothing is there now. 0: the peer sends no more.</returns>
    private int? TryRead(Span<byte> to, out bool forWriting)
    {
        ThrowIfOver();
        LibCrypto.ClearErrors();
        if (unasked is { } first)
        {
            (to[0], unasked) = (first, null);
            forWriting = false;
            return 1 + (to.Length > 1 ? TryRead(to[1..], out forWriting) ?? 0 : 0);
        }

        var read = LibSsl.Read(ssl, to, to.Length);
        var error = read > 0 ? 0 : LibSsl.GetError(ssl, read);
        tickets.Tell();
        forWriting = error == LibSsl.WantWrite;
        if (read > 0) return read;

        switch (error)
        {
            case LibSsl.WantRead or LibSsl.WantWrite:
                return null;
            case LibSsl.ZeroReturn when broken == 0:
                if (HasEnded && LibSsl.HasPending(ssl) != 0) throw new TlsException("the connection ended within a record");
                return 0;
            default:
                throw Failure();
        }
    }

    /// <returns>How many bytes OpenSSL has taken; 0: none can be sent now.</returns>
    private int TryWrite(ReadOnlySpan<byte> bytes, out bool forReading)
    {
        ThrowIfOver();
        LibCrypto.ClearErrors();
        var written = LibSsl.Write(ssl, bytes, bytes.Length);
        forReading = false;
        if (written > 0) return written;

        var error = LibSsl.GetError(ssl, written);
        if (error is not (LibSsl.WantRead or LibSsl.WantWrite)) throw Failure();

        forReading = error == LibSsl.WantRead;
        return 0;
    }

    /// <summary>Takes in what came, such as tickets.</summary>
    /// <returns>False: some of it is for a reader, or only half there, or it is the end.</returns>
    private bool IsQuiet()
    {
        if (isDisposed || Socket.IsTimeUp) return false;

        try
        {
            Span<byte> one = stackalloc byte[1];
            if ((Socket.MayHold || LibSsl.HasPending(ssl) != 0) && TryRead(one, out _) is { } count)
            {
                if (count > 0) unasked = one[0];
                return false;
            }
        }
        catch (IOException)
        {
            return false;
        }

        return LibSsl.HasPending(ssl) == 0;
    }

    private void Arrived()
    {
        if (!IsQuiet()) whenUnasked();
    }

    private int Noted(int result)
    {
        if (result < 0 && result != -Errno.Again) broken = -result;
        return result;
    }

    private void ThrowIfOver()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Socket.IsOverdue) throw new SocketFaultException(Errno.TimedOut);
    }

    private IOException Failure()
    {
        if (refusal is not null) return refusal;
        if (broken != 0) return new SocketFaultException(broken);

        return HasEnded ? new EndOfStreamException("The connection ended within TLS.") : TlsException.Last();
    }
}
