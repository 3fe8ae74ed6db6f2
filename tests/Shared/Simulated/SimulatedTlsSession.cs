using System.Buffers.Binary;
using System.Text;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Tests.Shared;

/// <summary>The client's end of a simulated TLS connection. It does what <see cref="TlsSession"/> does, step by step.</summary>
internal sealed class SimulatedTlsSession : ITransport
{
    /// <summary>In milliseconds, after the handshake: then nobody waits for a ticket any longer.</summary>
    private const long Late = 50;

    private readonly SimulatedTls tls;
    private readonly Loop loop;
    private readonly TlsTickets tickets;
    private readonly SimulatedRecords records = new();

    /// <summary>Read and not given to anybody yet.</summary>
    private ReadOnlyMemory<byte> data;

    private long? shakenAt;
    private bool hasTicket, isTicketNew, hasFarewell, hasEnded, isDisposed;

    private SimulatedTlsSession(SimulatedTls tls, Loop loop, TcpSocket socket, TlsTickets tickets) =>
        (this.tls, this.loop, Socket, this.tickets) = (tls, loop, socket, tickets);

    public TcpSocket Socket { get; }

    /// <inheritdoc cref="ITls.SecureAsync"/>
    public static async ValueTask<SimulatedTlsSession> ConnectAsync(
        SimulatedTls tls, Loop loop, TcpSocket socket, string host, TlsTickets tickets)
    {
        var session = new SimulatedTlsSession(tls, loop, socket, tickets);
        try
        {
            byte[] hello = [.. BitConverter.GetBytes(tls.TicketOf(tickets)), .. Encoding.ASCII.GetBytes(host)];
            await session.SendAsync(RecordKind.Hello, hello);
            while (!session.TryShakeHands(host)) await socket.ReadableAsync();
            await session.SendAsync(RecordKind.Finished, default);
            session.shakenAt = loop.Now;
            session.TellOfTicket();
            return session;
        }
        catch (Exception e)
        {
            tls.Note(socket, e);
            session.Dispose();
            throw;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, SimulatedRecords.MaxLength);
            await SendAsync(RecordKind.Data, bytes[..count]);
            bytes = bytes[count..];
        }
    }

    public async ValueTask<int> ReadAsync(Memory<byte> to)
    {
        while (true)
        {
            if (TryRead(to.Span) is { } count) return count;

            await Socket.ReadableAsync();
        }
    }

    public bool TryRest(Action whenUnasked) => IsQuiet() && Socket.TryRest(() =>
    {
        if (!IsQuiet()) whenUnasked();
    });

    public bool TryEndRest() => IsQuiet() && Socket.TryEndRest();

    public void Dispose()
    {
        if (isDisposed) return;

        isDisposed = true;
        if (shakenAt is not null && !hasTicket) tls.Note(Socket, TlsEvent.NoTicket);
        Socket.Dispose();
    }

    private async ValueTask SendAsync(RecordKind kind, ReadOnlyMemory<byte> content)
    {
        ReadOnlyMemory<byte> record = SimulatedRecords.Write(kind, content.Span);
        while (!record.IsEmpty)
        {
            ThrowIfOver();
            if (Socket.TryWrite(record.Span) is { } count) record = record[count..];
            else await Socket.WritableAsync();
        }
    }

    /// <returns>False: the server's part has not come yet.</returns>
    private bool TryShakeHands(string host)
    {
        ThrowIfOver();
        while (true)
        {
            if (!records.TryTake(out var kind, out var content))
            {
                if (TryReceive()) continue;
                if (hasEnded) throw new EndOfStreamException("The connection ended within TLS.");

                return false;
            }

            if (kind is RecordKind.Welcome)
            {
                Accept(content, host);
                return true;
            }

            Take(kind, content);
        }
    }

    private void Accept(byte[] welcome, string host)
    {
        var isResumed = welcome[0] == 1;
        // Only a whole handshake shows a certificate.
        if (!isResumed && Encoding.ASCII.GetString(welcome.AsSpan(5)) != host)
            throw new TlsException("hostname mismatch") { IsOfCertificate = true };

        tls.Note(Socket, isResumed ? TlsEvent.ResumedHandshake : TlsEvent.WholeHandshake);
        if (BinaryPrimitives.ReadInt32LittleEndian(welcome.AsSpan(1)) is not 0 and var ticket) Keep(ticket);
    }

    /// <returns>Null: nothing is there now. 0: the peer sends no more.</returns>
    private int? TryRead(Span<byte> to)
    {
        ThrowIfOver();
        if (!TakeIn()) return null;

        var count = Math.Min(to.Length, data.Length);
        data.Span[..count].CopyTo(to);
        data = data[count..];
        return count;
    }

    /// <inheritdoc cref="TryFill"/>
    private bool TakeIn()
    {
        try
        {
            return TryFill();
        }
        finally
        {
            TellOfTicket();
        }
    }

    /// <summary>Reads on until there is data, or the end.</summary>
    /// <returns>False: neither is there now.</returns>
    private bool TryFill()
    {
        while (data.IsEmpty && !hasFarewell)
        {
            if (records.TryTake(out var kind, out var content)) Take(kind, content);
            else if (hasEnded) return records.HasPending ? throw CutOff() : true;
            else if (!TryReceive() && !hasEnded) return false;
        }

        return true;
    }

    /// <returns>False: nothing came.</returns>
    private bool TryReceive()
    {
        Span<byte> some = stackalloc byte[2048];
        if (hasEnded || Socket.TryRead(some) is not { } count) return false;

        hasEnded = count == 0;
        records.Add(some[..count]);
        return count > 0;
    }

    private void Take(RecordKind kind, byte[] content)
    {
        switch (kind)
        {
            case RecordKind.Alert:
                throw new TlsException("the server sent the alert \"handshake failure\"") { Alert = content[0] };
            case RecordKind.Farewell:
                hasFarewell = true;
                break;
            case RecordKind.Ticket when shakenAt is not null:
                Keep(BinaryPrimitives.ReadInt32LittleEndian(content));
                break;
            case RecordKind.Data when shakenAt is not null:
                if (content.Length == 1) tls.Note(Socket, TlsEvent.RecordOfOneByte);
                if (content.Length == SimulatedRecords.MaxLength) tls.Note(Socket, TlsEvent.LongestRecord);
                data = content;
                break;
            default:
                throw new TlsException("unexpected message");
        }
    }

    private void Keep(int ticket)
    {
        tls.Note(
            Socket,
            shakenAt is not { } at ? TlsEvent.TicketWithHandshake : loop.Now - at > Late ? TlsEvent.LateTicket : TlsEvent.TicketAfterHandshake);
        tls.Keep(tickets, ticket);
        hasTicket = isTicketNew = true;
    }

    private void TellOfTicket()
    {
        if (!isTicketNew) return;

        isTicketNew = false;
        tickets.Came();
    }

    /// <summary>Takes in what came, such as tickets.</summary>
    /// <returns>False: some of it is for a reader, or only half there, or it is the end.</returns>
    private bool IsQuiet()
    {
        if (isDisposed || Socket.IsTimeUp) return false;

        try
        {
            if (Socket.MayHold || records.HasPending || !data.IsEmpty) TakeIn();
        }
        catch (IOException)
        {
            return false;
        }

        if (!data.IsEmpty && !tls.KeepsUnasked) tls.Note(Socket, TlsEvent.DataAtRest);
        else if (hasFarewell) tls.Note(Socket, TlsEvent.FarewellAtRest);
        else if (records.HasPending) tls.Note(Socket, TlsEvent.HalfRecordAtRest);
        return (data.IsEmpty || tls.KeepsUnasked) && !hasFarewell && !hasEnded && !records.HasPending;
    }

    private TlsException CutOff()
    {
        tls.Note(Socket, TlsEvent.EndWithinRecord);
        return new("the connection ended within a record");
    }

    private void ThrowIfOver()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (Socket.IsOverdue) throw new SocketFaultException(Errno.TimedOut);
    }
}
