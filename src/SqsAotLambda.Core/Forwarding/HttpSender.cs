using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>Sends requests to endpoints and says what came back.</summary>
internal sealed class HttpSender(ConnectionPool connections, TimeProvider time)
{
    /// <summary>In bytes. A connection whose answer is longer is cheaper to replace than to empty.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>In bytes, of a failing answer: enough to tell why.</summary>
    private const int MaxStart = 1024;

    /// <summary>An endpoint that leaves its answer open would hold up the lane.</summary>
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(500);

    private readonly Func<Exchange, Answer> read = exchange => Read(exchange, time);

    /// <inheritdoc cref="Send"/>
    public ValueTask<Answer> SendAsync(Request request, Route route, Deadline deadline) =>
        connections.ExchangeAsync(request, new(route.Statuses.Accepts, MaxDrainTime), read, route.Timeout, deadline);

    private static Answer Read(Exchange exchange, TimeProvider time)
    {
        var (response, latency) = (exchange.Response, exchange.Latency);
        if (exchange.Fault is not Fault.None) return new(Status: null, Fault: exchange.Fault, Latency: latency);

        var start = response.Status is < 200 or > 299 ? TextOf(response.Body) : null;
        return !response.Head.Throttles ? new(response.Status, Start: start, Latency: latency) : new(
            response.Status,
            response.Header("Retry-After"u8) is { } wait ? ThrottlingHeaders.RetryAfter(wait, time.GetUtcNow()) : null,
            response.Header("RateLimit"u8) is { } limit && ThrottlingHeaders.QuotaSpent(limit),
            Start: start,
            Latency: latency);
    }

    private static string? TextOf(ReadOnlyMemory<byte> body) =>
        body.IsEmpty ? null : Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxStart)]);
}
