using System.Buffers.Binary;
using System.Text;

namespace SqsAotLambda.Tests.Shared;

/// <summary>How a server of the simulated TLS treats the client's part of a handshake.</summary>
internal enum TlsAnswer
{
    Accepts,

    /// <summary>It is silent, or stops within its part.</summary>
    Stalls,
    Alerts,

    /// <summary>The certificate is another host's.</summary>
    ShowsAnother,

    /// <summary>It closes the connection without a word, or within its part.</summary>
    Closes,
    Resets,
}

internal enum TicketTime
{
    WithHandshake,
    AfterHandshake,
    Never,
}

/// <summary>What a server does on one TLS connection.</summary>
/// <param name="TicketDelay">In milliseconds, where the ticket comes after the handshake.</param>
/// <param name="RecordSize">In bytes, at most.</param>
/// <param name="SaysFarewell">Before it ends the connection.</param>
/// <param name="TakesTickets">Else the handshake is a whole one.</param>
internal sealed record TlsManner(
    TlsAnswer Answer = TlsAnswer.Accepts,
    TicketTime Ticket = TicketTime.AfterHandshake,
    int TicketDelay = 0,
    int RecordSize = SimulatedRecords.MaxLength,
    bool SaysFarewell = true,
    bool TakesTickets = true);

/// <summary>Shakes hands with whoever connects, before what is served there.</summary>
/// <param name="host">Of its certificate.</param>
/// <param name="serve">Called once a handshake is done; it says what the peer does, and knows nothing of records.</param>
/// <param name="manner">Asked for each connection.</param>
internal sealed class SimulatedTlsServer(SimulatedNetwork network, string host, Action<SimulatedPeer> serve, Func<TlsManner> manner)
{
    private int lastTicket;

    public void Serve(SimulatedPeer peer) => peer.Tls = new(this, peer, manner());

    public void Finish(SimulatedPeer peer) => serve(peer);

    /// <param name="hello">Of the client.</param>
    /// <returns>The server's part of the handshake.</returns>
    public byte[] Welcome(byte[] hello, TlsManner manner)
    {
        var ticket = BinaryPrimitives.ReadInt32LittleEndian(hello);
        var isResumed = manner.TakesTickets && ticket > 0 && ticket <= lastTicket;
        var name = manner.Answer is TlsAnswer.ShowsAnother ? "another.example" : host;
        return SimulatedRecords.Write(RecordKind.Welcome, [
            (byte)(isResumed ? 1 : 0),
            .. BitConverter.GetBytes(manner.Ticket is TicketTime.WithHandshake ? ++lastTicket : 0),
            .. Encoding.ASCII.GetBytes(name)]);
    }

    public byte[] NewTicket() => SimulatedRecords.Write(RecordKind.Ticket, BitConverter.GetBytes(++lastTicket));

    public void After(int milliseconds, Action action) => network.After(milliseconds, action);

    public bool OneInTwo() => network.Below(2) == 0;
}

/// <summary>The server's end of a TLS connection: what goes through it is put into records, and taken out of them.</summary>
internal sealed class SimulatedTlsPeer(SimulatedTlsServer server, SimulatedPeer peer, TlsManner manner)
{
    private const int HandshakeFailure = 40;

    private readonly SimulatedRecords received = new(), heard = new();
    private bool isFinished, isTorn;

    /// <summary>What it says before it ends the connection; empty: nothing.</summary>
    public byte[] Farewell => isFinished && manner.SaysFarewell && !isTorn ? SimulatedRecords.Write(RecordKind.Farewell, []) : [];

    /// <summary>Puts data into records.</summary>
    /// <returns>Nothing, when a record before it was not sent whole.</returns>
    public byte[] Seal(ReadOnlySpan<byte> data)
    {
        if (isTorn) return [];

        var all = new MemoryStream();
        for (; !data.IsEmpty; data = data[Math.Min(data.Length, manner.RecordSize)..])
            all.Write(SimulatedRecords.Write(RecordKind.Data, data[..Math.Min(data.Length, manner.RecordSize)]));
        return all.ToArray();
    }

    /// <summary>Puts data into records of which the last one is cut: nothing can be sent after it.</summary>
    public byte[] SealInPart(ReadOnlySpan<byte> data)
    {
        var all = Seal(data);
        isTorn |= all.Length > 0;
        return all[..^Math.Min(1, all.Length)];
    }

    /// <summary>Takes what the client sent.</summary>
    public void Take(byte[] piece)
    {
        received.Add(piece);
        while (received.TryTake(out var kind, out var content))
        {
            if (kind is RecordKind.Hello) Answer(content);
            else if (kind is RecordKind.Finished) Finish();
            else peer.OnBytes(content);
        }
    }

    /// <summary>The client has read this.</summary>
    /// <returns>How many bytes of data it knows more.</returns>
    public int Hear(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        heard.Add(bytes);
        while (heard.TryTake(out var kind, out var content)) count += kind is RecordKind.Data ? content.Length : 0;
        return count;
    }

    private void Answer(byte[] hello)
    {
        var welcome = server.Welcome(hello, manner);
        var isHalf = manner.Answer is TlsAnswer.Stalls or TlsAnswer.Closes;
        if (manner.Answer is TlsAnswer.Alerts) peer.SendSealed(SimulatedRecords.Write(RecordKind.Alert, [HandshakeFailure]));
        else if (manner.Answer is TlsAnswer.Resets) peer.Reset();
        else if (!isHalf) peer.SendSealed(welcome);
        else if (server.OneInTwo()) peer.SendSealed(welcome.AsSpan(0, welcome.Length / 2));
        if (manner.Answer is TlsAnswer.Alerts or TlsAnswer.Closes) peer.Leave();
    }

    private void Finish()
    {
        isFinished = true;
        if (manner.Ticket is TicketTime.AfterHandshake) server.After(manner.TicketDelay, SendTicket);
        server.Finish(peer);
    }

    private void SendTicket()
    {
        if (!isTorn) peer.SendSealed(server.NewTicket());
    }
}
