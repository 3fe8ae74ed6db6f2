using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>Tickets are told of, and the sessions they stand for are freed, each of them once.</summary>
public sealed partial class TlsTicketsTests : IDisposable
{
    private const string Host = "tls.example";

    private static readonly Issued Root = Issued.Root("Root");
    private static readonly Issued Server = Root.Server(Issued.Terms.For(names => names.AddDnsName(Host)));
    private static readonly IRoots OnlyRoot = new Roots(Root.Certificate);

    private readonly TlsContext context = new(() => OnlyRoot);
    private readonly TlsTickets tickets = new();

    public TlsTicketsTests() => Sessions.Freed = [];

    public void Dispose() => tickets.Dispose();

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ticket_is_told_of_once_with_the_handshake_or_the_read_that_it_came_with(bool isOfHandshake)
    {
        var told = 0;
        tickets.Came = () => told++;
        using var server = new OpenSslServer(Server, client =>
        {
            client.Write("aa"u8);
            client.TryRead(1);
        }, isOfHandshake ? OpenSslServer.Tls12 : OpenSslServer.Tls13);

        using var tls = await ConnectAsync(server.Port);
        var after = told;
        await tls.ReadAsync(new byte[1]);
        var later = told;
        await tls.ReadAsync(new byte[1]);

        Assert.Equal((isOfHandshake ? 1 : 0, 1, 1), (after, later, told));
    }

    [Fact(Timeout = 30_000)]
    public async Task No_ticket_is_kept_that_comes_when_nobody_will_use_it()
    {
        using var server = new OpenSslServer(Server, client => client.Write("a"u8));
        using var first = await ConnectAsync(server.Port);
        tickets.Dispose();
        await first.ReadAsync(new byte[1]);

        using var second = await ConnectAsync(server.Port);

        Assert.False(second.IsResumed);
    }

    [Fact]
    public void A_session_is_freed_when_another_comes()
    {
        tickets.Keep(Sessions.New(1), Loop.Never);
        Assert.Empty(Sessions.Freed!);

        tickets.Keep(Sessions.New(2), Loop.Never);

        Assert.Equal([1], Sessions.Freed);
    }

    [Fact]
    public void The_last_session_is_freed_with_the_pool_and_one_that_comes_later_at_once()
    {
        tickets.Keep(Sessions.New(1), Loop.Never);

        tickets.Dispose();
        tickets.Keep(Sessions.New(2), Loop.Never);
        tickets.Dispose();

        Assert.Equal([1, 2], Sessions.Freed);
    }

    [Fact]
    public void A_session_lives_as_long_as_it_is_kept_and_its_copy_as_long_as_the_connection_that_goes_on_from_it()
    {
        var ssl = context.NewConnection();
        tickets.Keep(Sessions.New(1), until: 10);

        Assert.Equal(10, tickets.Use(ssl, now: 5));
        tickets.Dispose();
        Assert.Equal([1], Sessions.Freed);
        LibSsl.Free(ssl);

        Assert.Equal([1, 1], Sessions.Freed);
    }

    private async Task<TlsSession> ConnectAsync(int port)
    {
        var socket = await AddressRace.ConnectAsync(TestLoop.Here, [new(IPAddress.Loopback, port)], Loop.Never);
        return await TlsSession.ConnectAsync(TestLoop.Here, context, socket, Host, tickets);
    }

    private sealed class Roots(X509Certificate2 root) : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [root.RawData];
    }

    /// <summary>Sessions of which OpenSSL tells when they are freed.</summary>
    private static unsafe partial class Sessions
    {
        private const int Kind = 2;

        private static readonly int Index = NewIndex(Kind, 0, 0, 0, 0, &Free);

        /// <summary>Numbers of sessions; one that was copied has several.</summary>
        [field: ThreadStatic]
        public static List<nint>? Freed { get; set; }

        public static nint New(nint number)
        {
            var session = NewSession();
            Assert.Equal(1, SetData(session, Index, number));
            return session;
        }

        [UnmanagedCallersOnly]
        private static void Free(nint session, nint number, nint all, int index, nint argument, nint pointer)
        {
            if (number != 0) Freed?.Add(number);
        }

        [LibraryImport("libcrypto.so.3", EntryPoint = "CRYPTO_get_ex_new_index")]
        private static partial int NewIndex(
            int kind, nint argument, nint pointer, nint onNew, nint onCopy, delegate* unmanaged<nint, nint, nint, int, nint, nint, void> onFree);

        [LibraryImport("libssl.so.3", EntryPoint = "SSL_SESSION_new")]
        private static partial nint NewSession();

        [LibraryImport("libssl.so.3", EntryPoint = "SSL_SESSION_set_ex_data")]
        private static partial int SetData(nint session, int index, nint data);
    }
}
