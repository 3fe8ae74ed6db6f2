using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>
/// A server that answers before it has read its request. Its buffers are small, so that much of the request is still to be sent then.
/// </summary>
public sealed class EarlyAnswerTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public EarlyAnswerTests()
    {
        listener.Server.ReceiveBufferSize = 1;
        listener.Start();
    }

    public static readonly TheoryData<int> Lengths = [8_000, 16_000, 20_000, 100_000, 200_000, 8_000_000];

    public void Dispose() => listener.Dispose();

    [Theory(Timeout = 30_000), MemberData(nameof(Lengths))]
    public async Task A_2xx_counts_when_the_rest_of_the_request_was_read_too(int length)
    {
        var serving = ServeAsync(Ok, ReadAsync);

        var delivery = await ForwardAsync(length);

        Assert.Equal((Outcome.Delivered, 200), (delivery.Outcome, delivery.Status));
        // What this machine's kernel has taken over arrives when the function has gone on already.
        Assert.Equal(length, await serving);
    }

    [Theory(Timeout = 30_000), MemberData(nameof(Lengths))]
    public async Task A_2xx_does_not_count_when_the_connection_is_closed_before_the_rest(int length)
    {
        var serving = ServeAsync(Ok, (socket, _) =>
        {
            socket.Dispose();
            return Task.FromResult(0L);
        });

        await AssertFaultAsync(Fault.Reset, length);
        await serving;
    }

    [Theory(Timeout = 30_000), MemberData(nameof(Lengths))]
    public async Task A_2xx_does_not_count_when_the_connection_is_reset_before_the_rest(int length)
    {
        var serving = ServeAsync(Ok, (socket, _) =>
        {
            socket.Close(timeout: 0);
            return Task.FromResult(0L);
        });

        await AssertFaultAsync(Fault.Reset, length);
        await serving;
    }

    [Theory(Timeout = 30_000), MemberData(nameof(Lengths))]
    public async Task A_2xx_does_not_count_when_the_rest_is_never_read(int length)
    {
        var timedOut = new TaskCompletionSource();
        var serving = ServeAsync(Ok, async (_, _) =>
        {
            await timedOut.Task;
            return 0;
        });

        await AssertFaultAsync(Fault.Timeout, length, ("FORWARD_TIMEOUT", "300ms"));
        timedOut.SetResult();
        await serving;
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_reads_only_as_its_long_answer_is_taken_gets_the_whole_request()
    {
        const int Length = 8_000_000;
        var serving = ServeAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n", EchoAsync);

        Assert.Equal(Outcome.Delivered, (await ForwardAsync(Length)).Outcome);
        Assert.Equal(Length, await serving);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_status_that_settings_count_as_success_has_to_wait_for_the_rest_too()
    {
        var serving = ServeAsync("HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n", ReadAsync);

        var delivery = await ForwardAsync(200_000, ("FORWARD_SUCCESS_ON", "200-299,409"));

        Assert.Equal((Outcome.Delivered, 409), (delivery.Outcome, delivery.Status));
        Assert.Equal(200_000, await serving);
    }

    [Fact(Timeout = 30_000)]
    public async Task Any_other_status_counts_at_once_and_the_rest_is_not_sent()
    {
        var answered = new TaskCompletionSource();
        var serving = ServeAsync("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", async (_, _) =>
        {
            await answered.Task;
            return 0;
        });

        Assert.Equal(Outcome.Rejected, (await ForwardAsync(8_000_000)).Outcome);
        answered.SetResult();
        await serving;
    }

    [Fact(Timeout = 30_000)]
    public async Task Over_TLS_it_is_the_same()
    {
        var issued = Issued.Alone();
        using var certificate = issued.WithKey;
        using var files = new TrustFiles();
        files.Add("bundle.pem", issued.Pem);
        var trust = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System);
        var connector = new Connector(
            new GuardedResolver(guard: null, TestLoop.Here).ResolveAsync, trust, TimeSpan.FromSeconds(3), maxBody: 1024, TestLoop.Here);
        var first = new ConnectionPool(connector, new(TestLoop.Here), TestLoop.Here);
        using var second = new ConnectionPool(connector, new(TestLoop.Here), TestLoop.Here);
        var request = new Request("POST", new($"https://localhost:{Port}/"), new byte[8_000_000]);
        var read = ServeAsync(Ok, ReadAsync, new() { ServerCertificate = certificate });

        Assert.Equal(200, (await first.FetchAsync(request, TimeSpan.FromSeconds(20), Deadline.Never)).Status);
        first.Dispose();
        Assert.Equal(8_000_000, await read);

        var closed = ServeAsync(Ok, (socket, _) =>
        {
            socket.Dispose();
            return Task.FromResult(0L);
        }, new() { ServerCertificate = certificate });

        var fault = await Assert.ThrowsAsync<HttpFaultException>(
            () => second.FetchAsync(request, TimeSpan.FromSeconds(20), Deadline.Never));
        // The reset may overtake the answer.
        Assert.Contains(fault.Fault, new[] { Fault.Reset, Fault.Truncated });
        await closed;
    }

    private int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    private Task<Delivery> ForwardAsync(int length, params (string Name, string Value)[] settings) => Given.DeliveryAsync(
        Given.Message() with { Body = new byte[length] }, [("FORWARD_URL", $"http://127.0.0.1:{Port}/"), .. settings]);

    private async Task AssertFaultAsync(Fault fault, int length, params (string Name, string Value)[] settings)
    {
        var delivery = await ForwardAsync(length, settings);

        Assert.Equal((Outcome.Unavailable, fault), (delivery.Outcome, delivery.Fault));
    }

    /// <summary>Answers as soon as it has seen the head of a request.</summary>
    /// <param name="then">What becomes of its body; returns how much of it was read.</param>
    private async Task<long> ServeAsync(string answer, Func<Socket, Stream, Task<long>> then, SslServerAuthenticationOptions? tls = null)
    {
        using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        Stream stream = new NetworkStream(socket);
        if (tls is not null)
        {
            stream = new SslStream(stream);
            await ((SslStream)stream).AuthenticateAsServerAsync(tls, TestContext.Current.CancellationToken);
        }

        var (head, read, end) = (new byte[4096], 0, -1);
        while (end < 0)
        {
            read += await stream.ReadAsync(head.AsMemory(read), TestContext.Current.CancellationToken);
            end = head.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
        return read - end - 4 + await then(socket, stream);
    }

    private static Task<long> ReadAsync(Socket socket, Stream stream) => CopyAsync(stream, Stream.Null);

    private static Task<long> EchoAsync(Socket socket, Stream stream) => CopyAsync(stream, stream);

    private static async Task<long> CopyAsync(Stream from, Stream to)
    {
        var (buffer, total) = (new byte[4096], 0L);
        try
        {
            for (int count; (count = await from.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; total += count)
                await to.WriteAsync(buffer.AsMemory(0, count), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The function has closed the connection.
        }

        return total;
    }
}
