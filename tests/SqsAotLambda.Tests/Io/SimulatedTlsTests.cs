using System.Net;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Tests.Io;

/// <summary>The simulated TLS fails as OpenSSL does, to which a server of the same network does the same.</summary>
public sealed class SimulatedTlsTests
{
    private static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.0.1"), 443);

    /// <summary>The part of a record, as each of them has it: of a handshake, and longer than what comes.</summary>
    private static readonly byte[] HalfOfReal = [22, 3, 3, 0, 100, 2], HalfOfSimulated = [(byte)RecordKind.Welcome, 0, 100, 1];

    private static readonly byte[] AlertOfReal = [21, 3, 3, 0, 2, 2, 40], AlertOfSimulated = SimulatedRecords.Write(RecordKind.Alert, [40]);

    private static readonly byte[] NonsenseOfReal = [23, 3, 3, 0, 1, 0], NonsenseOfSimulated = SimulatedRecords.Write(RecordKind.Data, [0]);

    [Theory]
    [InlineData("silence", "SocketFaultException 110")]
    [InlineData("silence in a record", "SocketFaultException 110")]
    [InlineData("end", "EndOfStreamException")]
    [InlineData("end in a record", "EndOfStreamException")]
    [InlineData("reset", "SocketFaultException 104")]
    [InlineData("alert", "TlsException 40")]
    [InlineData("nonsense", "TlsException ")]
    public void A_handshake_comes_to_nothing_as_with_OpenSSL(string what, string failure)
    {
        var simulated = FailureOf(network => new SimulatedTls(network), what, HalfOfSimulated, AlertOfSimulated, NonsenseOfSimulated);
        var real = FailureOf(_ => TrustStore.None, what, HalfOfReal, AlertOfReal, NonsenseOfReal);

        Assert.Equal((failure, failure), (simulated, real));
    }

    private static string FailureOf(Func<SimulatedNetwork, ITls> make, string what, byte[] half, byte[] alert, byte[] nonsense)
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Address, peer => peer.OnBytes = _ =>
        {
            peer.OnBytes = _ => { };
            if (what.EndsWith("in a record", StringComparison.Ordinal)) peer.Send(half);
            if (what == "alert") peer.Send(alert);
            if (what == "nonsense") peer.Send(nonsense);
            if (what == "reset") peer.Reset();
            if (what.StartsWith("end", StringComparison.Ordinal)) peer.End();
        });
        var (loop, tls) = (new Loop(network), make(network));
        using var tickets = new TlsTickets();
        var failure = Assert.ThrowsAny<IOException>(() => loop.Run(async () =>
        {
            var socket = await OnLoop.ConnectAsync(loop, Address, until: 500);
            socket.EndAt(loop.After(TimeSpan.FromSeconds(3)));
            using var secured = await tls.SecureAsync(loop, socket, "a.example", tickets);
            return 0;
        }));
        Assert.Equal(0, network.Connections);
        return failure switch
        {
            SocketFaultException broken => $"SocketFaultException {broken.Number}",
            TlsException { IsOfCertificate: false } refused => $"TlsException {refused.Alert}",
            _ => failure.GetType().Name,
        };
    }
}
