using System.Net.Security;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>The endpoint: 200 to everything, counted.</summary>
internal sealed class Endpoint : IDisposable
{
    /// <summary>More than any peer opens: ten for its messages, a few to spare.</summary>
    private const int Connections = 32;

    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    private readonly Server server;
    private readonly TimeSpan latency;
    private readonly CancellationToken stop;
    private readonly SslServerAuthenticationOptions? tls;
    private long requests;
    private long bytes;

    /// <param name="latency">From the last byte of a request to its answer.</param>
    /// <param name="certificates">null for http.</param>
    public Endpoint(TimeSpan latency, Certificates? certificates, CancellationToken stop)
    {
        this.latency = latency;
        this.stop = stop;
        tls = certificates is null ? null : new() { ServerCertificateContext = certificates.Server };
        server = new(Connections, Serve);
        // A certificate is of a name; without one there is none to look up.
        Url = tls is null ? $"http://{server.Authority}/messages" : $"https://localhost:{server.Port}/messages";
    }

    public string Url { get; }

    /// <summary>Requests so far, and the bytes of their bodies.</summary>
    public (long Requests, long Bytes) Received => (Interlocked.Read(ref requests), Interlocked.Read(ref bytes));

    public void Dispose() => server.Dispose();

    private void Serve(Stream stream)
    {
        if (tls is null)
        {
            AnswerAll(stream);
            return;
        }
        using var secured = new SslStream(stream);
        secured.AuthenticateAsServer(tls);
        AnswerAll(secured);
    }

    private void AnswerAll(Stream stream)
    {
        var reader = new HttpReader(stream);
        while (reader.TryRead())
        {
            Interlocked.Increment(ref requests);
            Interlocked.Add(ref bytes, reader.BodyLength);
            if (latency > TimeSpan.Zero) stop.WaitHandle.WaitOne(latency);
            stream.Write(Answer);
        }
    }
}
