using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>
/// What a handshake offers the server, read off the wire: <see href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2">RFC 8446</see>.
/// </summary>
public sealed class TlsOfferTests : IDisposable
{
    private const int ServerName = 0, Protocols = 16, Versions = 43;

    private readonly TlsTickets tickets = new();

    public void Dispose() => tickets.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task It_names_the_host_and_offers_HTTP_1_1_alone_over_TLS_1_2_and_1_3()
    {
        var offered = Extensions(await HelloAsync("tls.example."));

        Assert.Equal("\0\u000e\0\0\u000btls.example", offered[ServerName]);
        Assert.Equal("\0\t\bhttp/1.1", offered[Protocols]);
        Assert.Equal("\u0004\u0003\u0004\u0003\u0003", offered[Versions]);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_is_no_server_name() => Assert.DoesNotContain(ServerName, Extensions(await HelloAsync("127.0.0.1")).Keys);

    [Fact]
    public void It_is_no_older_version_where_the_machine_s_policy_would_let_it()
    {
        const int GetMinVersion = 130;
        var ssl = Context().NewConnection();

        Assert.Equal(LibSsl.Tls12, LibSsl.ControlConnection(ssl, GetMinVersion, 0, default));

        LibSsl.Free(ssl);
    }

    private static TlsContext Context() => new(() => new NoRoots());

    /// <summary>The first message of a handshake, of which nothing comes then.</summary>
    private async Task<byte[]> HelloAsync(string host)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var socket = await AddressRace.ConnectAsync(TestLoop.Here, [(IPEndPoint)listener.LocalEndpoint], Loop.Never).AsTask();
        var handshake = TlsSession.ConnectAsync(TestLoop.Here, Context(), socket, host, tickets).AsTask();
        using var server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var record = new byte[5];
        await server.GetStream().ReadExactlyAsync(record, TestContext.Current.CancellationToken);
        var hello = new byte[BinaryPrimitives.ReadUInt16BigEndian(record.AsSpan(3))];
        await server.GetStream().ReadExactlyAsync(hello, TestContext.Current.CancellationToken);
        server.Close();
        await Assert.ThrowsAnyAsync<IOException>(() => handshake);
        return hello;
    }

    /// <summary>By number; bytes, one a character.</summary>
    private static Dictionary<int, string> Extensions(byte[] hello)
    {
        // Type and length of the message, version, random.
        var at = 4 + 2 + 32;
        at += 1 + hello[at];
        at += 2 + BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at));
        at += 1 + hello[at];
        var all = new Dictionary<int, string>();
        for (at += 2; at < hello.Length;)
        {
            var number = BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at));
            var length = BinaryPrimitives.ReadUInt16BigEndian(hello.AsSpan(at + 2));
            all.Add(number, Encoding.Latin1.GetString(hello, at + 4, length));
            at += 4 + length;
        }

        return all;
    }

    private sealed class NoRoots : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [];
    }
}
