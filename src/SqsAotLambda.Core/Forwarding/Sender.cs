using System.Runtime.CompilerServices;
using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Stage 6 of the path of a message: makes its one request, proves it, sends it, and says how the delivery ended.</summary>
internal delegate ValueTask<Delivery> Send(Endpoint endpoint, Message message, Deadline deadline);

/// <summary>
/// Stage 7 of the path of a message: asks an endpoint, by one exchange. Whatever the network or the endpoint does is an answer, not an exception.
/// </summary>
/// <param name="route">Of the message: its time-out, connecting included, and the statuses that accept a request.</param>
internal delegate ValueTask<Answer> Ask(Request request, Route route, Deadline deadline);

/// <inheritdoc cref="Send"/>
/// <param name="guarded">Over connections of its own, to no private network: for requests that messages describe.</param>
internal sealed class Sender(Ask ask, Ask guarded, RequestBuilder requests)
{
    /// <summary>In bytes. A connection whose answer is longer is cheaper to replace than to empty.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>In bytes, of a failing answer: enough to tell why.</summary>
    private const int MaxStart = 1024;

    /// <summary>An endpoint that leaves its answer open would hold up the lane.</summary>
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(500);

    /// <summary>In the place of an answer that must not be passed on.</summary>
    private const string LeftOut = "left out: it repeats a secret of the request";

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<Delivery> SendAsync(Endpoint endpoint, Message message, Deadline deadline)
    {
        var request = requests.Build(endpoint.Route, message, out var fault);
        if (request is null)
            return new(Outcome.Rejected, Endpoint: endpoint, Reason: $"route {endpoint.Route.Name}: {fault} in message {message.Id}");

        if (endpoint is not { Credential: null, Signature: null })
        {
            if (await ProveAsync(endpoint, request, message, deadline) is { } failure) return failure;
        }

        var askIt = endpoint.Route.MessageRule is { AllowPrivate: false } ? guarded : ask;
        var answer = await askIt(request, endpoint.Route, deadline);
        if (answer.Status is 401 or 407) endpoint.Credential?.Refused();
        return new(
            Classification.Of(answer, endpoint.Route.Statuses),
            answer.Status,
            answer.Fault,
            answer.Detail,
            RetryAfter: answer.RetryAfter,
            QuotaSpent: answer.QuotaSpent,
            Response: answer.Start is { } start && Reveals(start, endpoint, request) ? LeftOut : answer.Start,
            Latency: answer.Latency,
            HeadersLeftOut: request.LeftOut,
            Endpoint: endpoint);
    }

    /// <summary>Asks over these connections.</summary>
    public static Ask Over(ConnectionPool connections, TimeProvider time)
    {
        Func<Exchange, Answer> read = exchange => AnswerOf(exchange, time);
        return (request, route, deadline) =>
            connections.ExchangeAsync(request, new(route.Statuses.Accepts, MaxDrainTime), read, route.Timeout, deadline);
    }

    /// <summary>Signs and authorizes; null when that is done.</summary>
    private static async Task<Delivery?> ProveAsync(Endpoint endpoint, Request request, Message message, Deadline deadline)
    {
        try
        {
            if (endpoint.Signature is { } signature) await signature.SignAsync(request, message.FirstId, deadline);
            if (endpoint.Credential is { } credential) await credential.AuthorizeAsync(request, deadline);
            return null;
        }
        catch (CredentialException e)
        {
            return new(Outcome.EndpointFault, Endpoint: endpoint, Fault: Fault.Credential, Reason: e.Message);
        }
    }

    private static Answer AnswerOf(Exchange exchange, TimeProvider time)
    {
        var (response, latency) = (exchange.Response, exchange.Latency);
        if (exchange.Fault is not Fault.None)
            return new(Status: null, Fault: exchange.Fault, Detail: FaultDetail.Of(exchange.Cause), Latency: latency);


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

    private static bool Reveals(string answer, Endpoint endpoint, Request request) =>
        request.IsRevealedBy(answer) || endpoint.Secrets.MayBeRevealedBy(answer, request);
}
