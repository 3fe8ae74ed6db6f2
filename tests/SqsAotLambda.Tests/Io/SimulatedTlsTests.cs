using System.Net;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io;

/// <summary>The simulated TLS does what OpenSSL does, to which a server of the same network does the same.</summary>
public sealed class SimulatedTlsTests
{
    private delegate void Sending(ReadOnlySpan<byte> data);

    private static readonly IPEndPoint Address = new(IPAddress.Parse("10.0.0.1"), 443);

    private const string Host = "a.example";

    /// <summary>In milliseconds: the handshake is over.</summary>
    private const int AtRest = 100;

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

    [Theory]
    [InlineData("nothing", "stays")]
    [InlineData("half a record", "told")]
    [InlineData("data", "told, 4 bytes")]
    [InlineData("data of one byte", "told, 1 bytes")]
    [InlineData("data and an end", "told, 4 bytes, 0 bytes")]
    [InlineData("farewell", "told, 0 bytes")]
    [InlineData("end", "told, 0 bytes")]
    [InlineData("half a record and an end", "told, TlsException")]
    [InlineData("reset", "told, SocketFaultException")]
    [InlineData("the end of its time", "told")]
    public void What_comes_at_rest_is_told_as_with_OpenSSL(string what, string seen)
    {
        var root = Issued.Root("root");
        var certificate = root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey;
        using var files = new TrustFiles();
        files.Add("bundle.pem", root.Pem);
        var until = what == "the end of its time" ? AtRest : Loop.Never;

        var simulated = SeenAtRest(network => new SimulatedTls(network), ServeSimulated, until);
        var real = SeenAtRest(_ => new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System), ServeReal, until);

        Assert.Equal(($"a ticket, {seen}", $"a ticket, {seen}"), (simulated, real));

        void ServeSimulated(SimulatedNetwork network, SimulatedPeer peer) => new SimulatedTlsServer(
            network, Host, secured => network.After(AtRest, () => Disturb(secured, what, secured.Send, secured.SendInPart)),
            () => new(SaysFarewell: what == "farewell")).Serve(peer);

        void ServeReal(SimulatedNetwork network, SimulatedPeer peer)
        {
            var server = new RealTlsPeer(peer, certificate);
            network.After(AtRest, () => Disturb(
                peer, what, data => peer.Send(Sealed(server, data)), data => peer.Send(Sealed(server, data).AsSpan()[..^1])));
            if (what == "farewell") network.After(AtRest, () => peer.Send(server.Do(tls => tls.ShutdownAsync().Wait())));
        }
    }

    [Fact]
    public void OpenSSL_shakes_hands_through_a_network_that_takes_a_few_bytes_now_and_then()
    {
        var root = Issued.Root("root");
        var certificate = root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey;
        using var files = new TrustFiles();
        files.Add("bundle.pem", root.Pem);
        var tls = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System);

        for (var seed = 1UL; seed <= 10; seed++) Assert.Equal("answer"u8.ToArray(), AnswerOf(seed));

        byte[] AnswerOf(ulong seed)
        {
            using var network = new SimulatedNetwork(seed);
            network.Serve(Address, Answer, delay: 1, link: new(MaxPiece: 100, MaxDelay: 3, BusyOneIn: 2));
            var loop = new Loop(network);
            return loop.Run(async () =>
            {
                using var tickets = new TlsTickets();
                var socket = await OnLoop.ConnectAsync(loop, Address, until: 50);
                socket.EndAt(loop.Now + 10_000);
                using var secured = await tls.SecureAsync(loop, socket, Host, tickets);
                var read = new byte[10];
                return read[..await secured.ReadAsync(read)];
            });

            void Answer(SimulatedPeer peer)
            {
                var server = new RealTlsPeer(peer, certificate);
                network.After(5_000, () => peer.SendAtOnce(Sealed(server, "answer"u8)));
            }
        }
    }

    private static byte[] Sealed(RealTlsPeer server, ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        return server.Do(tls => tls.Write(bytes));
    }

    private static void Disturb(SimulatedPeer peer, string what, Sending send, Sending sendInPart)
    {
        if (what.StartsWith("half", StringComparison.Ordinal)) sendInPart("data"u8);
        if (what.StartsWith("data", StringComparison.Ordinal)) send(what.EndsWith("byte", StringComparison.Ordinal) ? "d"u8 : "data"u8);
        if (what == "reset") peer.Reset();
        // Only the simulated server says farewell with its end.
        if (what.EndsWith("end", StringComparison.Ordinal) || (what == "farewell" && peer.Tls is not null)) peer.End();
    }

    /// <returns>Whether a ticket came, and what is told of a connection at rest, and what is read of it then.</returns>
    /// <param name="until">By the loop's clock, of its rest.</param>
    private static string SeenAtRest(Func<SimulatedNetwork, ITls> make, Action<SimulatedNetwork, SimulatedPeer> serve, long until)
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Address, peer => serve(network, peer), delay: 1, link: new(MaxPiece: 1_000_000, MaxDelay: 1, BusyOneIn: 0, LeastPiece: 10_000));
        var (loop, tls, seen) = (new Loop(network), make(network), new List<string>());
        using var tickets = new TlsTickets { Came = () => seen.Add("a ticket") };
        loop.Run(async () =>
        {
            var socket = await OnLoop.ConnectAsync(loop, Address, until: 50);
            using var secured = await tls.SecureAsync(loop, socket, Host, tickets);
            secured.Socket.EndAt(until);
            Assert.True(secured.TryRest(() => seen.Add("told")));
            await OnLoop.SleepAsync(loop, AtRest + 100);
            if (secured.TryEndRest())
            {
                seen.Add("stays");
                return 0;
            }

            await ReadAsync(loop, secured, seen);
            return 0;
        });
        return string.Join(", ", seen.Distinct());
    }

    private static async Task ReadAsync(Loop loop, ITransport secured, List<string> seen)
    {
        secured.Socket.EndAt(loop.Now + 100);
        try
        {
            for (var count = -1; count != 0;)
            {
                count = await secured.ReadAsync(new byte[100]);
                seen.Add($"{count} bytes");
            }
        }
        catch (IOException e) when (!secured.Socket.IsOverdue)
        {
            seen.Add(e.GetType().Name);
        }
        catch (SocketFaultException)
        {
            // Nothing more came.
        }
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
            using var secured = await tls.SecureAsync(loop, socket, Host, tickets);
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
