using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Tests.Shared;

/// <summary>What a client of the simulated TLS meets.</summary>
internal enum TlsEvent
{
    WholeHandshake,
    ResumedHandshake,

    /// <summary>The time for connecting ended it.</summary>
    StalledHandshake,
    AlertInHandshake,
    CertificateRefused,
    EndInHandshake,
    ResetInHandshake,
    TicketWithHandshake,
    TicketAfterHandshake,

    /// <summary>It comes when those that waited for it have gone on without.</summary>
    LateTicket,

    /// <summary>None came until the connection was closed.</summary>
    NoTicket,
    HalfRecordAtRest,
    DataAtRest,
    FarewellAtRest,
    EndWithinRecord,
    RecordOfOneByte,
    LongestRecord,
}

/// <summary>
/// TLS without cryptography, in the place of OpenSSL: records, and a handshake of one round trip that tickets shorten. What goes wrong becomes
/// the same exceptions. The servers are <see cref="SimulatedTlsServer"/>.
/// </summary>
internal sealed class SimulatedTls(SimulatedNetwork network) : ITls
{
    private readonly Dictionary<TlsTickets, int> kept = [];
    private readonly long[] met = new long[Enum.GetValues<TlsEvent>().Length];

    /// <summary>Broken: data that comes at rest is kept for the next reader.</summary>
    public bool KeepsUnasked { get; set; }

    public long CountOf(TlsEvent what) => met[(int)what];

    public void Prepare() { }

    public async ValueTask<ITransport> SecureAsync(Loop loop, TcpSocket socket, string host, TlsTickets tickets) =>
        await SimulatedTlsSession.ConnectAsync(this, loop, socket, host, tickets);

    public void Note(TcpSocket socket, TlsEvent what)
    {
        met[(int)what]++;
        network.Teller?.Invoke($"{socket.Handle} TLS: {what}");
    }

    /// <param name="failure">Of a handshake.</param>
    public void Note(TcpSocket socket, Exception failure)
    {
        TlsEvent? what = failure switch
        {
            TlsException { IsOfCertificate: true } => TlsEvent.CertificateRefused,
            TlsException { Alert: not null } => TlsEvent.AlertInHandshake,
            EndOfStreamException => TlsEvent.EndInHandshake,
            SocketFaultException { Number: Errno.TimedOut } => TlsEvent.StalledHandshake,
            SocketFaultException => TlsEvent.ResetInHandshake,
            _ => null,
        };
        if (what is { } met) Note(socket, met);
    }

    /// <returns>0: there is none.</returns>
    public int TicketOf(TlsTickets tickets) => kept.GetValueOrDefault(tickets);

    public void Keep(TlsTickets tickets, int ticket) => kept[tickets] = ticket;
}
