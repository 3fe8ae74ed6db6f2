using System.Runtime.CompilerServices;
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

    /// <inheritdoc cref="Send"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Answer> SendAsync(Request request, Route route, Deadline deadline)
    {
        var start = time.GetTimestamp();
        PooledConnection pooled;
        try
        {
            pooled = await connections.RentAsync(request.Url, route.Timeout, deadline);
        }
        catch (HttpFaultException e)
        {
            return Failed(e.Fault, start);
        }

        try
        {
            var connection = pooled.Connection;
            var head = await connection.ExchangeAsync(request, route.Statuses.Accepts);
            if (route.Statuses.Accepts(head.Status)) await connection.ArriveAsync(head);
            // The outcome is known: an answer cut, too long or too slow costs the connection only.
            var answer = Read(head, time.GetElapsedTime(start));
            if (!connection.TryDrain(head, out var reusable))
            {
                pooled.LimitTo(MaxDrainTime);
                reusable = await connection.DrainAsync(head);
            }

            if (head.Status is < 200 or > 299) answer = answer with { Start = TextOf(connection.Body) };
            pooled.Return(reusable);
            return answer;
        }
        catch (Exception e)
        {
            if (pooled.Drop(e) is { } fault) return Failed(fault, start);

            throw;
        }
    }

    private Answer Failed(Fault fault, long start) => new(Status: null, Fault: fault, Latency: time.GetElapsedTime(start));

    private Answer Read(ResponseHead head, TimeSpan latency) => !head.Throttles ? new(head.Status, Latency: latency) : new(
        head.Status,
        head.Header("Retry-After"u8) is { } wait ? ThrottlingHeaders.RetryAfter(wait, time.GetUtcNow()) : null,
        head.Header("RateLimit"u8) is { } limit && ThrottlingHeaders.QuotaSpent(limit),
        Latency: latency);

    private static string? TextOf(ReadOnlyMemory<byte> body) =>
        body.IsEmpty ? null : Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxStart)]);
}
