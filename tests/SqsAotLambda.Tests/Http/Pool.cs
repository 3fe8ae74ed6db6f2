using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>A connection pool whose clock the test moves, and requests over it.</summary>
internal sealed class Pool : IDisposable
{
    public const int MaxBody = 64 * 1024;

    /// <summary>Over TLS. OpenSSL keeps one session a host for the whole process, so the tests that use it are one collection.</summary>
    public const string Host = "pool.example";

    private readonly TrustFiles files = [];

    public Pool() => Connections = new(Connector(TrustStore.None), new(TestLoop.Here), TestLoop.Here);

    public FakeTimeProvider Time { get; } = Given.Clock();

    public ConnectionPool Connections { get; }

    public void Dispose()
    {
        Connections.Dispose();
        files.Dispose();
    }

    public static Reply Heard(TaskCompletionSource heard, Reply then)
    {
        heard.SetResult();
        return then;
    }

    public static Uri UrlOf(StubServer server, string path = "") =>
        new(server.Url.Scheme == "https" ? $"https://{Host}:{server.Port}/{path}" : $"{server.Url}{path}");

    public static async Task<Fault> FaultAsync(Task exchange) => (await Assert.ThrowsAsync<HttpFaultException>(() => exchange)).Fault;

    public static async Task<string> FetchAsync(
        ConnectionPool connections, StubServer server, string path, TimeSpan timeout, Deadline deadline)
    {
        var request = new Request("POST", UrlOf(server, path), "body"u8.ToArray());
        var response = await connections.FetchAsync(request, timeout, deadline);
        return Encoding.UTF8.GetString(response.Body.Span);
    }

    public static Task<string> FetchAsync(ConnectionPool connections, StubServer server, string path = "") =>
        FetchAsync(connections, server, path, TimeSpan.FromSeconds(10), Deadline.Never);

    public Task<string> FetchAsync(StubServer server, string path = "") => FetchAsync(Connections, server, path);

    public Task<string> FetchWithinAsync(StubServer server, int seconds, string path = "") =>
        FetchAsync(Connections, server, path, TimeSpan.FromSeconds(seconds), Deadline.Never);

    public Task<string> FetchUntilAsync(StubServer server, string path, Deadline deadline) =>
        FetchAsync(Connections, server, path, TimeSpan.FromSeconds(10), deadline);

    /// <summary>Longer than a handshake that does without it.</summary>
    public static X509Certificate2 LongCertificate(Issued root) => root.Server(Issued.Terms.For(names =>
    {
        names.AddDnsName(Host);
        for (var other = 0; other < 200; other++) names.AddDnsName($"other-{other}.example");
    })).WithKey;

    /// <summary>Trusts whom that root vouches for, and nobody else.</summary>
    public ConnectionPool Trusting(Issued root)
    {
        files.Add("bundle.pem", root.Pem);
        var trust = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), Time);
        return new(Connector(trust), new(TestLoop.Here), TestLoop.Here);
    }

    private Connector Connector(TrustStore trust)
    {
        var resolver = new GuardedResolver(guard: null, TestLoop.Here);
        return new(ResolveAsync, trust, TimeSpan.FromSeconds(10), MaxBody, TestLoop.Here);

        ValueTask<IPEndPoint[]?> ResolveAsync(string host, int port, long until) =>
            resolver.ResolveAsync(host == Host ? "127.0.0.1" : host, port, until);
    }
}
