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

    /// <summary>After which a certificate is looked at again: a handshake that goes on from a ticket does not look at any.</summary>
    private static readonly TimeSpan VerifiedFor = TimeSpan.FromMinutes(10);

    /// <summary>In bytes, of one call of OpenSSL's, which does not return while tickets and the like come as fast as it takes them in.</summary>
    private const int MaxAtOnce = 64 * 1024;

    private readonly Loop loop;
    private readonly TlsTickets tickets;
    private readonly Action arrived;
    private readonly GCHandle self;
    private readonly nint ssl;

    /// <summary>Of the session that it goes on from, if it does.</summary>
    private readonly long verifiedUntil;

    private Action whenUnasked = () => { };
    private TlsException? refusal;

    /// <summary>The errno of the socket that OpenSSL met; 0: none.</summary>
    private int broken;

    /// <summary>Came unasked, before the rest of what the next read gives; null: nothing did.</summary>
    private byte? unasked;

    /// <summary>In bytes, by OpenSSL's present call, or its last one.</summary>
    private int taken;

    /// <summary>
    /// What the socket did not take at once. OpenSSL must not know: it can't answer a server that asks for a new key while a record is under way.
    /// </summary>
    private readonly Unsent unsent = new();

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
        verifiedUntil = tickets.Use(ssl, loop.Now);
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
            while (session.TryShakeHands() is { } forWriting)
                await (forWriting ? socket.WritableAsync() : session.ReadableAsync());

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
        while (true)
        {
            var count = TryWrite(bytes.Span, out var forReading);
            bytes = bytes[count..];
            if (bytes.IsEmpty && unsent.IsEmpty) return;
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
            var read = TryRead(to.Span, out var forWriting);
            tickets.Tell();
            if (read is { } count) return count;

            if (forWriting) await loop.WaitUntilAsync(loop.After(OtherDirection));
            else await ReadableAsync();
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
        if (taken >= MaxAtOnce) return -Errno.Again;

        var received = Noted(Socket.Receive(to));
        taken += Math.Max(received, 0);
        HasEnded |= received == 0;
        return received;
    }

    /// <summary>For OpenSSL's calls: it must not throw.</summary>
    /// <inheritdoc cref="TcpSocket.Send"/>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (unsent.IsFull) return -Errno.Again;

        var rest = bytes;
        // Up to where the socket says so itself: only then does it tell that it takes more.
        while (unsent.IsEmpty && !rest.IsEmpty)
        {
            var sent = Noted(Socket.Send(rest));
            if (sent == -Errno.Again) break;
            if (sent < 0) return sent;

            rest = rest[sent..];
        }

        unsent.Add(rest);
        return bytes.Length;
    }

    /// <summary>OpenSSL refuses the peer's certificate.</summary>
    public unsafe void Refuse(int error, string name)
    {
        var why = TlsException.Text(LibCrypto.VerificationText(error));
        refusal = new(name is "" ? why : $"{why} ({name})") { IsOfCertificate = true };
    }

    /// <summary>A ticket has come.</summary>
    public void Keep(nint session) => tickets.Keep(session, IsResumed ? verifiedUntil : loop.After(VerifiedFor));

    /// <summary>Null: it is none of ours.</summary>
    public static TlsSession? Of(nint ssl) =>
        LibSsl.GetData(ssl, 0) is not 0 and var handle ? GCHandle.FromIntPtr(handle).Target as TlsSession : null;

    private void Expect(string host)
    {
        var name = Encoding.ASCII.GetBytes(host + '\0');
        var parameters = LibSsl.GetParameters(ssl);
        LibCrypto.SetHostFlags(parameters, LibCrypto.NoPartialWildcards);
        // OpenSSL would take a name with a dot in front for every name below it. An address is checked as one, and is no server name.
        var isTaken = host.StartsWith('.') ? 0 : IPAddress.TryParse(host, out _)
            ? LibCrypto.SetAddress(parameters, name)
            : LibCrypto.SetHost(parameters, name, 0) & (int)LibSsl.ControlConnection(ssl, LibSsl.SetServerName, 0, name);
        if (isTaken != 1) refusal = new("the host is no name that a certificate could have") { IsOfCertificate = true };
    }

    /// <returns>Null: it is done. Else whether it waits for writing, or for reading.</returns>
    private bool? TryShakeHands()
    {
        if (refusal is not null) throw refusal;

        Begin();
        _ = TryFlush();
        if (IsToFlush) return true;

        var result = LibSsl.Connect(ssl);
        var error = result == 1 ? 0 : LibSsl.GetError(ssl, result);
        if (error is not (0 or LibSsl.WantRead or LibSsl.WantWrite)) throw Failure();
        if (IsToFlush) return true;

        return result == 1 ? null : false;
    }

    /// <returns>Null: nothing is there now. 0: the peer sends no more.</returns>
    private int? TryRead(Span<byte> to, out bool forWriting)
    {
        Begin();
        if (unasked is { } first)
        {
            (to[0], unasked) = (first, null);
            forWriting = false;
            return 1 + (to.Length > 1 ? TryRead(to[1..], out forWriting) ?? 0 : 0);
        }

        _ = TryFlush();
        var read = LibSsl.Read(ssl, to, to.Length);
        var error = read > 0 ? 0 : LibSsl.GetError(ssl, read);
        forWriting = IsToFlush;
        if (read > 0) return read;

        switch (error)
        {
            case LibSsl.WantRead or LibSsl.WantWrite:
                return null;
            case LibSsl.ZeroReturn:
                if (HasEnded && LibSsl.HasPending(ssl) != 0) throw new TlsException("the connection ended within a record");
                HasEnded = true;
                return 0;
            default:
                throw Failure();
        }
    }

    /// <returns>How many bytes OpenSSL has taken; 0: none can be sent now.</returns>
    private int TryWrite(ReadOnlySpan<byte> bytes, out bool forReading)
    {
        Begin();
        forReading = false;
        if (!TryFlush()) return broken == 0 ? 0 : throw Failure();
        if (bytes.IsEmpty) return 0;

        var written = LibSsl.Write(ssl, bytes, bytes.Length);
        if (written > 0) return written;

        var error = LibSsl.GetError(ssl, written);
        if (error is not (LibSsl.WantRead or LibSsl.WantWrite)) throw Failure();

        forReading = error == LibSsl.WantRead;
        return 0;
    }

    /// <summary>Something is left that the socket may take.</summary>
    private bool IsToFlush => !unsent.IsEmpty && broken == 0;

    /// <returns>False: the socket takes no more now, or never: what has come can be read all the same.</returns>
    private bool TryFlush()
    {
        while (!unsent.IsEmpty)
        {
            var sent = Noted(Socket.Send(unsent.First));
            if (sent < 0) return false;

            unsent.Take(sent);
        }

        return true;
    }

    /// <summary>Takes in what came, such as tickets.</summary>
    /// <returns>False: some of it is for a reader, or only half there, or it is the end.</returns>
    private bool IsQuiet()
    {
        var isQuiet = TakesNothing();
        tickets.Tell();
        return isQuiet;
    }

    private bool TakesNothing()
    {
        if (isDisposed || HasEnded || unasked is not null || Socket.IsTimeUp) return false;

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

    /// <summary>What comes next, or the rest of what was too much at once.</summary>
    private ValueTask ReadableAsync() => taken < MaxAtOnce ? Socket.ReadableAsync() : loop.WaitUntilAsync(loop.After(OtherDirection));

    /// <summary>Before each call of OpenSSL.</summary>
    private void Begin()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Socket.IsOverdue) throw new SocketFaultException(Errno.TimedOut);

        LibCrypto.ClearErrors();
        taken = 0;
    }

    private IOException Failure()
    {
        if (refusal is not null) return refusal;
        if (broken != 0) return new SocketFaultException(broken);

        return HasEnded ? new EndOfStreamException("The connection ended within TLS.") : TlsException.Last();
    }
}
