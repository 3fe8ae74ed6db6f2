using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Tests.Shared;

/// <summary>An HTTP server on a socket of its own that answers each request as the test says, byte for byte.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentQueue<StubRequest> requests = new();
    private readonly ConcurrentBag<Task> connections = [];
    private readonly ConcurrentDictionary<Socket, Stream> established = [];
    private readonly Func<StubRequest, Reply> script;
    private readonly X509Certificate2? certificate;
    private readonly SslStreamCertificateContext? presented;
    private readonly Task accepting;
    private int open;
    private int resumptions;

    /// <param name="certificate">With one, the server speaks TLS.</param>
    /// <param name="intermediates">Sent with the certificate.</param>
    public StubServer(Func<StubRequest, Reply> script, X509Certificate2? certificate = null, X509Certificate2Collection? intermediates = null)
    {
        this.script = script;
        this.certificate = certificate;
        if (certificate is not null) presented = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Authority => $"127.0.0.1:{Port}";

    public Uri Url => new($"{(certificate is null ? "http" : "https")}://localhost:{Port}/");

    /// <summary>Whether it remembers the requests: many large ones would take their room.</summary>
    public bool Keeps { get; set; } = true;

    /// <summary>By which a client's next TLS handshake goes on from the last one.</summary>
    public bool GivesTickets { get; init; } = true;

    /// <summary>Whole requests received so far, in order of arrival.</summary>
    public IReadOnlyList<StubRequest> Requests => [.. requests];

    /// <summary>How many connections were opened so far.</summary>
    public int Connections { get; private set; }

    /// <summary>How many of them are open.</summary>
    public int Open => open;

    /// <summary>How many of these have their TLS handshake behind them.</summary>
    public int Established => established.Count;

    /// <summary>
    /// How many TLS handshakes so far went on from an earlier session: the server wrote less than its certificate, which is to be a long
    /// one.
    /// </summary>
    public int Resumptions => resumptions;

    /// <summary>Ends each established connection, without being asked.</summary>
    /// <returns>The clients' addresses.</returns>
    public async Task<IReadOnlyList<IPEndPoint>> EndAsync(Reply ending)
    {
        var ended = new List<IPEndPoint>();
        foreach (var (socket, stream) in established)
        {
            established.TryRemove(socket, out _);
            ended.Add((IPEndPoint)socket.RemoteEndPoint!);
            await ending(stream, socket, end.Token);
        }
        return ended;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await accepting;
        listener.Stop();
        await Task.WhenAll(connections);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(end.Token);
                connections.Add(ServeAsync(socket, ++Connections));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket, int connection)
    {
        Interlocked.Increment(ref open);
        socket.NoDelay = true;
        using var network = new CountingStream(socket);
        Stream stream = network;
        try
        {
            if (certificate is not null)
            {
                var tls = new SslStream(network);
                stream = tls;
                var options = new SslServerAuthenticationOptions { ServerCertificateContext = presented, AllowTlsResume = GivesTickets };
                // In TLS 1.3 .NET's server gives tickets in any case.
                if (!GivesTickets) options.EnabledSslProtocols = SslProtocols.Tls12;
                await tls.AuthenticateAsServerAsync(options, end.Token);
                if (network.Written < certificate.RawData.Length) Interlocked.Increment(ref resumptions);
            }

            established[socket] = stream;
            var reader = PipeReader.Create(stream);
            while (await StubRequest.ReadAsync(reader, connection, end.Token) is { } request)
            {
                if (Keeps) requests.Enqueue(request);
                if (!await script(request)(stream, socket, end.Token)) return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
            // The peer went away, or the test is over.
        }
        finally
        {
            established.TryRemove(socket, out _);
            await stream.DisposeAsync();
            Interlocked.Decrement(ref open);
        }
    }

    private sealed class CountingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
    {
        public int Written { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
