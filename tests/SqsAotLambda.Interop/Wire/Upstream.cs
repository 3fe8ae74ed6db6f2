using System.Security.Cryptography.X509Certificates;
using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Wire;

/// <summary>What stands behind a proxy: it answers 200 to everything, and tells the ledger.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly StubServer server;

    /// <param name="latency">From the last byte of a request to its answer.</param>
    /// <param name="certificate">With one, it speaks TLS.</param>
    public Upstream(Ledger ledger, TimeSpan latency, TimeProvider time, X509Certificate2? certificate = null) =>
        server = new(request => Answer(request, ledger, latency, time), certificate) { Keeps = false };

    public int Port => server.Port;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static Reply Answer(StubRequest request, Ledger ledger, TimeSpan latency, TimeProvider time)
    {
        ledger.Note(request.Headers.GetValueOrDefault("Idempotency-Key", ""));
        return async (stream, socket, end) =>
        {
            if (latency > TimeSpan.Zero) await Task.Delay(latency, time, end);
            return await Replies.Status(200)(stream, socket, end);
        };
    }
}
