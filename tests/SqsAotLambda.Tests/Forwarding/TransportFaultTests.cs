using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Forwarded;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What becomes of a message when no answer comes, or none that is HTTP, over a socket.</summary>
public sealed class TransportFaultTests
{
    [Fact(Timeout = 30_000)]
    public async Task No_answer_in_time_is_a_time_out()
    {
        await using var server = new StubServer(_ => Replies.Stall);

        Assert.Equal((Fault.Timeout, null), await FaultAsync(server.Url, ("FORWARD_TIMEOUT", "50ms")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_a_head_and_no_more_is_a_time_out()
    {
        await using var server = new StubServer(_ => Replies.RawThenStall("HTTP/1.1 200 OK\r\nContent-Le"));

        Assert.Equal(Failed(Fault.Timeout), await ForwardAsync(server.Url, ("FORWARD_TIMEOUT", "50ms")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_under_way_at_the_deadline_is_a_time_out()
    {
        await using var server = new StubServer(_ => Replies.Stall);

        Assert.Equal(
            Failed(Fault.Timeout),
            await ForwardAsync(Given.Message(), server.Url, Deadline.After(TimeSpan.FromMilliseconds(100), TimeProvider.System)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_host_name_that_does_not_resolve_is_a_DNS_fault() =>
        Assert.Equal(Failed(Fault.Dns), await ForwardAsync(new("http://no-such-host.invalid/")));

    [Fact(Timeout = 30_000)]
    public async Task A_refused_connection_is_a_connect_fault()
    {
        using var unused = new TcpListener(IPAddress.Loopback, 0);
        unused.Start();
        var port = ((IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();

        Assert.Equal((Fault.Connect, $"127.0.0.1:{port}: Connection refused (errno 111)"), await FaultAsync(new($"http://127.0.0.1:{port}/")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_does_not_come_about_in_time_is_a_connect_fault()
    {
        using var full = new FullListener();

        Assert.Equal(Failed(Fault.Connect), await ForwardAsync(full.Url, ("FORWARD_CONNECT_TIMEOUT", "50ms")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_TLS_handshake_that_breaks_off_is_a_TLS_fault()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, _ => Task.CompletedTask);

        Assert.Equal(Failed(Fault.Tls), await ForwardAsync(UrlOf(listener), Quickly));
        listener.Stop();
        await serving;
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_is_not_TLS_is_a_TLS_fault()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AnswerInPlainAsync(listener);

        Assert.Equal(Failed(Fault.Tls), await ForwardAsync(UrlOf(listener)));
        await serving;

        static async Task AnswerInPlainAsync(TcpListener listener)
        {
            using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>TLS alerts, and a record that is too long.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("15030300020228", "the server sent the alert \"handshake failure\"")]
    [InlineData("15030300020246", "the server sent the alert \"protocol version\"")]
    [InlineData("15030300020250", "the server sent the alert \"internal error\"")]
    [InlineData("15030300020270", "the server sent the alert \"unrecognized name\"")]
    [InlineData("15030300020278", "the server sent the alert \"no application protocol\"; it takes no HTTP/1.1")]
    [InlineData("160303FFFF", "packet length too long")]
    public async Task A_handshake_that_the_server_breaks_off_is_no_fault_of_its_certificate(string answer, string detail)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, BreakOffAsync);

        Assert.Equal((Fault.Tls, detail), await FaultAsync(UrlOf(listener), Quickly));
        listener.Stop();
        await serving;

        async Task BreakOffAsync(Socket socket)
        {
            await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
            await socket.SendAsync(Convert.FromHexString(answer), TestContext.Current.CancellationToken);
            socket.Shutdown(SocketShutdown.Send);
            await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_certificate_that_no_root_vouches_for_is_an_endpoint_fault()
    {
        using var certificate = TestCertificates.SelfSigned();
        await using var server = new StubServer(_ => Replies.Status(200), certificate);

        Assert.Equal((Fault.Certificate, "self-signed certificate (/CN=localhost)"), await FaultAsync(server.Url));
        Assert.Equal(new(Outcome.EndpointFault, Fault: Fault.Certificate), await ForwardAsync(server.Url));
        Assert.Empty(server.Requests);
    }

    /// <summary>Extensions that .NET decodes while it builds a chain: policies, their mappings and constraints, and Microsoft's own form.</summary>
    public static readonly TheoryData<string, bool> Undecodable = new MatrixTheoryData<string, bool>(
        ["2.5.29.32", "2.5.29.33", "2.5.29.36", "2.5.29.54", "1.3.6.1.4.1.311.21.10", "2.5.29.37", "2.5.29.30"], [false, true]);

    [Theory(Timeout = 30_000), MemberData(nameof(Undecodable))]
    public async Task A_certificate_that_holds_what_can_t_be_decoded_is_an_endpoint_fault(string extension, bool inIssuer)
    {
        X509Extension empty = new(extension, [], critical: false);
        var issuer = Issued.Root("issuer", inIssuer ? Issued.Terms.Authority.And(empty) : null);
        using var certificate = inIssuer
            ? issuer.Server().WithKey
            : Issued.Alone(Issued.Terms.For(names => names.AddDnsName("localhost"), usage: null).And(empty)).WithKey;
        await using var server = new StubServer(_ => Replies.Status(200), certificate, [issuer.Certificate]);

        Assert.Equal(new(Outcome.EndpointFault, Fault: Fault.Certificate), await ForwardAsync(server.Url));
        Assert.Empty(server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reset_connection_is_a_reset()
    {
        await using var server = new StubServer(_ => Replies.Reset);

        Assert.Equal(Failed(Fault.Reset), await ForwardAsync(server.Url));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n")]
    public async Task An_answer_cut_before_its_head_is_complete_is_truncated(string answer)
    {
        await using var server = new StubServer(_ => Replies.RawThenClose(answer));

        Assert.Equal(Failed(Fault.Truncated), await ForwardAsync(server.Url));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    public async Task An_answer_that_is_not_HTTP_is_malformed(string answer)
    {
        await using var server = new StubServer(_ => Replies.Raw(answer));

        Assert.Equal(Failed(Fault.Malformed), await ForwardAsync(server.Url));
    }

    [Fact(Timeout = 30_000)]
    public async Task Interim_answers_without_end_are_malformed()
    {
        var interim = string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 4000));
        await using var server = new StubServer(_ => Replies.RawThenClose(interim));

        Assert.Equal(Failed(Fault.Malformed), await ForwardAsync(server.Url));
    }

    /// <summary>A connection that ends without a word is tried again as long as connecting may take.</summary>
    private static (string, string) Quickly => ("FORWARD_CONNECT_TIMEOUT", "200ms");

    private static Uri UrlOf(TcpListener listener) => new($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>One connection after the other, until the listener stops.</summary>
    private static async Task ServeAsync(TcpListener listener, Func<Socket, Task> serve)
    {
        try
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
                await serve(socket);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener has stopped.
        }
    }
}
