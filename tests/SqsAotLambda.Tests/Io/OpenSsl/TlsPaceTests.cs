using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Io.OpenSsl;

/// <summary>TLS over a socket of which the test says what it gives and takes.</summary>
public sealed class TlsPaceTests : IDisposable
{
    private const string Host = "tls.example";

    /// <summary>In bytes.</summary>
    private const int Limit = 64 * 1024, Record = 17 * 1024;

    private static readonly Issued Root = Issued.Root("Root");
    private static readonly Issued Server = Root.Server(Issued.Terms.For(names => names.AddDnsName(Host)));
    private static readonly IRoots OnlyRoot = new Roots(Root.Certificate);

    private readonly WatchedDriver driver = new(new KernelDriver());
    private readonly TlsContext trusting = new(() => OnlyRoot);
    private readonly TlsTickets tickets = new();

    public void Dispose()
    {
        tickets.Dispose();
        driver.Dispose();
    }

    [Fact]
    public void An_answer_behind_more_tickets_than_are_taken_in_at_once_is_read()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            for (var bytes = 0; bytes < 100 * 1024; bytes += 200) client.GiveTicket();
            client.Write("a"u8);
        });

        var read = Run(server.Port, async (loop, tls) =>
        {
            await AllAsync(loop, tls);
            // All has been told by now, and is told only once.
            await loop.NextTurnAsync();
            await tls.Socket.ReadableAsync();
            return await ReadAsync(tls);
        });

        Assert.Equal('a', read);
        Assert.InRange(driver.MostAtOnce, Limit, Limit + Record);
    }

    [Fact]
    public void A_server_that_asks_for_keys_and_takes_none_is_read_until_some_wait_for_it_and_then_no_further()
    {
        // In bytes, of a record that asks for a key, and of its answer.
        const int Key = 27;
        const int Keys = 2 * Limit / Key;
        using var isThere = new ManualResetEventSlim();
        var isAnswered = false;
        using var server = new OpenSslServer(Server, client =>
        {
            for (var key = 0; key < Keys; key++) client.UpdateKey(ofBoth: true);
            client.Write("a"u8);
            isThere.Set();
            isAnswered = client.TryRead(1);
        });

        var (read, before) = Run(server.Port, async (loop, tls) =>
        {
            driver.Refuses = _ => true;
            Assert.True(isThere.Wait(TimeSpan.FromSeconds(20)));
            var reading = ReadAsync(tls).AsTask();
            await RefusedAsync(loop, times: 20);
            var before = driver.Received;
            // What comes later must not overtake what waits.
            driver.Refuses = call => call % 2 == 0;
            var read = await reading;
            driver.Refuses = _ => false;
            await tls.WriteAsync("a"u8.ToArray());
            return (read, before);
        });

        Assert.Equal('a', read);
        Assert.InRange(before, Limit, Limit + (2 * Record));
        server.Dispose();
        Assert.True(isAnswered);
    }

    [Fact]
    public void What_waits_for_the_socket_is_sent_while_an_answer_is_awaited()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            // OpenSSL answers one when it meets the next, or sends something.
            for (var key = 0; key < 3; key++) client.UpdateKey(ofBoth: true);
            if (client.Socket.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead)) client.Write("a"u8);
        });

        var read = Run(server.Port, async (loop, tls) =>
        {
            driver.Refuses = _ => true;
            var reading = ReadAsync(tls).AsTask();
            await RefusedAsync(loop, times: 1);
            driver.Refuses = _ => false;
            return await reading;
        });

        Assert.Equal('a', read);
    }

    [Fact]
    public void Half_a_record_behind_a_farewell_is_no_fault()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            client.SayFarewell();
            client.Socket.Send([23, 3, 3, 0, 100, 1, 2, 3]);
        });

        var count = Run(server.Port, async (loop, tls) =>
        {
            await AllAsync(loop, tls);
            return await tls.ReadAsync(new byte[1]);
        });

        Assert.Equal(0, count);
    }

    [Fact]
    public void Half_a_record_behind_an_answer_keeps_a_connection_from_resting()
    {
        using var server = new OpenSslServer(Server, client =>
        {
            client.Write("a"u8);
            client.Socket.Send([23, 3, 3, 0, 100, 1, 2, 3]);
        });

        var rests = Run(server.Port, async (loop, tls) =>
        {
            await AllAsync(loop, tls);
            Assert.Equal('a', await ReadAsync(tls));
            return tls.TryRest(() => { });
        });

        Assert.False(rests);
    }

    [Fact]
    public void A_ticket_that_was_received_with_an_answer_does_not_keep_a_connection_from_resting()
    {
        using var isThere = new ManualResetEventSlim();
        using var server = new OpenSslServer(Server, client =>
        {
            client.Write("a"u8);
            client.GiveTicket();
            isThere.Set();
            client.TryRead(1);
        });

        var rests = Run(server.Port, async (loop, tls) =>
        {
            Assert.True(isThere.Wait(TimeSpan.FromSeconds(20)));
            await loop.NextTurnAsync();
            driver.TryTakeAll(tls.Socket.Handle);
            Assert.Equal('a', await ReadAsync(tls));
            return tls.TryRest(() => { });
        });

        Assert.True(rests);
    }

    /// <summary>The server has ended the connection, and all that it sent is there.</summary>
    private async ValueTask AllAsync(Loop loop, TlsSession tls)
    {
        for (var limit = loop.After(TimeSpan.FromSeconds(20)); !driver.TryTakeAll(tls.Socket.Handle) && loop.Now < limit;)
            await loop.WaitUntilAsync(loop.After(TimeSpan.FromMilliseconds(1)));
    }

    private async ValueTask RefusedAsync(Loop loop, int times)
    {
        var limit = loop.After(TimeSpan.FromSeconds(20));
        for (var until = driver.Refused + times; driver.Refused < until && loop.Now < limit;)
            await loop.WaitUntilAsync(loop.After(TimeSpan.FromMilliseconds(1)));
    }

    private static async ValueTask<char> ReadAsync(TlsSession tls)
    {
        var bytes = new byte[1];
        return await tls.ReadAsync(bytes) == 1 ? (char)bytes[0] : '-';
    }

    /// <summary>What is awaited goes on inline only where no context of the test's takes it elsewhere.</summary>
    private T Run<T>(int port, Func<Loop, TlsSession, ValueTask<T>> main)
    {
        var (loop, context) = (new Loop(driver), SynchronizationContext.Current);
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return loop.Run(() => ConnectedAsync());
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        async ValueTask<T> ConnectedAsync()
        {
            var socket = await AddressRace.ConnectAsync(loop, [new(IPAddress.Loopback, port)], Loop.Never);
            using var session = await TlsSession.ConnectAsync(loop, trusting, socket, Host, tickets);
            session.Socket.EndAt(loop.After(TimeSpan.FromSeconds(20)));
            return await main(loop, session);
        }
    }

    private sealed class Roots(X509Certificate2 root) : IRoots
    {
        public IEnumerable<ReadOnlyMemory<byte>> OfSubject(ReadOnlySpan<byte> name) => [root.RawData];
    }
}
