using System.Net;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>TLS with servers that do what the standard allows and hardly any server does.</summary>
public sealed class TlsSessionTests : IDisposable
{
    private const string Host = "tls.example";

    private static readonly Issued Root = Issued.Root("Root");
    private static readonly Issued Server = Root.Server(Issued.Terms.For(names =>
    {
        names.AddDnsName(Host);
        names.AddDnsName("part*." + Host);
    }));

    private readonly TlsContext context = new(() => OnlyRoot);
    private readonly TlsTickets tickets = new();

    private static IRoots OnlyRoot { get; } = new Roots(Root.Certificate);

    private static Loop Here => TestLoop.Here;

    public void Dispose() => tickets.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_request_goes_on_when_the_server_asks_for_a_new_key_in_the_middle_of_it()
    {
        const int Length = 8 * 1024 * 1024;
        var isWhole = false;
        using var server = new OpenSslServer(Server, client =>
        {
            // The request fills the buffers of both machines before the server takes any of it.
            client.TryRead(1);
            for (var keys = 0; keys < 5; keys++) client.UpdateKey(ofBoth: true);
            client.Write("a"u8);
            isWhole = client.TryRead(Length - 1);
            client.Write("b"u8);
            client.TryRead(1);
        });
        using var tls = await ConnectAsync(server.Port);

        var writing = tls.WriteAsync(new byte[Length]).AsTask();
        var early = await ReadAsync(tls);
        await writing;
        // Of the last record, too, which has 22 bytes more than what is in it, as each one.
        Assert.InRange(tls.Socket.Written, Length + (Length / 16384 * 22), long.MaxValue);
        var late = await ReadAsync(tls);

        Assert.Equal(('a', 'b', true), (early, late, isWhole));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_is_read_though_the_rest_of_its_request_can_no_longer_be_sent()
    {
        using var isFull = new ManualResetEventSlim();
        // What it leaves unread makes its machine reset the connection.
        using var server = new OpenSslServer(Server, client =>
        {
            isFull.Wait(TimeSpan.FromSeconds(20));
            client.Write("a"u8);
        });
        using var tls = await ConnectAsync(server.Port);

        var writing = tls.WriteAsync(new byte[32 * 1024 * 1024]).AsTask();
        isFull.Set();
        await Assert.ThrowsAnyAsync<IOException>(() => writing);

        Assert.Equal('a', await ReadAsync(tls));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_of_TLS_1_2_that_asks_for_another_handshake_is_answered_that_there_is_none()
    {
        var isDone = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new OpenSslServer(Server, client =>
        {
            client.AskForHandshake();
            client.Write("a"u8);
            // OpenSSL's server takes that answer for the end.
            isDone.SetResult(client.TryRead(1));
        }, OpenSslServer.Tls12);
        using var tls = await ConnectAsync(server.Port);

        Assert.Equal('a', await ReadAsync(tls));
        await tls.WriteAsync("a"u8.ToArray());
        Assert.False(await isDone.Task);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_ends_without_a_farewell_has_ended_all_the_same()
    {
        using var server = new OpenSslServer(Server, client => client.Write("a"u8));
        using var tls = await ConnectAsync(server.Port);
        Assert.Equal('a', await ReadAsync(tls));

        Assert.Equal(0, await tls.ReadAsync(new byte[1]));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true), InlineData(false)]
    public async Task A_server_that_sends_nothing_but_tickets_or_keys_keeps_nobody_from_the_end_of_the_time(bool isOfTickets)
    {
        using var server = new OpenSslServer(Server, client =>
        {
            while (!client.HasEnded && (isOfTickets ? client.GiveTicket() : client.UpdateKey(ofBoth: false)))
            {
            }
        });
        using var tls = await ConnectAsync(server.Port);
        tls.Socket.EndAt(Here.After(TimeSpan.FromMilliseconds(300)));

        var failure = await Assert.ThrowsAsync<SocketFaultException>(() => ReadAsync(tls));

        Assert.Equal(Errno.TimedOut, failure.Number);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_end_within_a_record_is_no_proper_end()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            client.Write("a"u8);
            client.Socket.Send([23, 3, 3, 0, 100, 1, 2, 3]);
        });
        using var tls = await ConnectAsync(server.Port);
        Assert.Equal('a', await ReadAsync(tls));

        await Assert.ThrowsAsync<TlsException>(() => ReadAsync(tls));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_went_wrong_on_one_connection_is_not_told_on_another()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            client.Write("-"u8);
            if (client.TryRead(1)) client.Write("a"u8);
        });
        using var tls = await ConnectAsync(server.Port);
        // With it the tickets, at which OpenSSL forgets by itself.
        Assert.Equal('-', await ReadAsync(tls));
        using var none = new TlsTickets();
        await Assert.ThrowsAsync<TlsException>(() => ConnectAsync(server.Port, "other.example", none));

        var reading = ReadAsync(tls);
        await tls.WriteAsync("a"u8.ToArray());

        Assert.Equal('a', await reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_with_more_tickets_than_anybody_needs_does_not_rest()
    {
        var given = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new OpenSslServer(Server, client =>
        {
            for (var bytes = 0; bytes < 100 * 1024; bytes += 200) client.GiveTicket();
            given.SetResult();
            client.TryRead(1);
        });
        using var tls = await ConnectAsync(server.Port);
        await given.Task;

        Assert.False(tls.TryRest(() => { }));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_at_rest_may_be_closed_because_its_ticket_has_come()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            client.TryRead(1);
            client.GiveTicket();
            client.TryRead(1);
        });
        using var tls = await ConnectAsync(server.Port);
        // Those that come with the handshake.
        while (!tls.TryRest(() => { })) await Here.WaitUntilAsync(Here.After(TimeSpan.FromMilliseconds(1)));
        var closed = new TaskCompletionSource();
        tickets.Came = () =>
        {
            tls.Dispose();
            closed.TrySetResult();
        };

        await tls.WriteAsync("a"u8.ToArray());
        await closed.Task;

        Assert.False(tls.TryEndRest());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("tls.example", true)]
    [InlineData("tls.example.", true)]
    [InlineData("TLS.Example", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData(".example", false)]
    [InlineData(".tls.example", false)]
    [InlineData("tls.example..", true)]
    [InlineData("*.tls.example", false)]
    [InlineData("partial.tls.example", false)]
    [InlineData("xtls.example", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1%1", false)]
    public async Task A_certificate_is_good_for_the_names_in_it_alone(string host, bool isGood)
    {
        using var server = new OpenSslServer(Server, client => client.TryRead(1));

        var failure = await Record.ExceptionAsync(async () => (await ConnectAsync(server.Port, host)).Dispose());

        Assert.Equal(isGood, failure is null);
        Assert.True(failure is null or TlsException { IsOfCertificate: true }, failure?.ToString());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_certificate_is_looked_at_again_in_a_while_though_there_are_tickets_all_along()
    {
        var time = TestLoop.Follow(Given.Clock());
        using var server = new OpenSslServer(Server, client => client.Write(client.IsResumed ? "r"u8 : "n"u8));

        var seen = "";
        for (var minute = 0; minute < 24; minute += 3, time.Advance(TimeSpan.FromMinutes(3)))
        {
            using var tls = await ConnectAsync(server.Port);
            seen += await ReadAsync(tls);
        }

        Assert.Equal("nrrrnrrr", seen);
    }

    private static async Task<char> ReadAsync(TlsSession tls)
    {
        var bytes = new byte[1];
        return await tls.ReadAsync(bytes) == 1 ? (char)bytes[0] : '-';
    }

    private async Task<TlsSession> ConnectAsync(int port, string host = Host, TlsTickets? own = null)
    {
        var socket = await AddressRace.ConnectAsync(Here, [new(IPAddress.Loopback, port)], Loop.Never);
        return await TlsSession.ConnectAsync(Here, context, socket, host, own ?? tickets);
    }

    private sealed class Roots(X509Certificate2 root) : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [root.RawData];
    }
}
