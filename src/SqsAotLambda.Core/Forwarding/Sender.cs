using System.Runtime.CompilerServices;
using System.Text;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>
/// Stage 6 of the path of a message: makes its request, proves it, sends it, and says how the delivery ended. Where the request met a connection
/// that the server had ended, it makes and sends another one, over a new connection.
/// </summary>
internal delegate ValueTask<Delivery> Send(Endpoint endpoint, Message message, Deadline deadline);

/// <summary>
/// Stage 7 of the path of a message: asks an endpoint, by one exchange. Whatever the network or the endpoint does is an answer, not an exception.
/// </summary>
/// <param name="route">Of the message: its time-out, connecting included, and the statuses that accept a request.</param>
/// <param name="again">The time for the one more try of a message, which goes over a new connection; null: this is the first try.</param>
internal delegate ValueTask<Answer> Ask(Request request, Route route, TimeSpan? again, Deadline deadline);

/// <inheritdoc cref="Send"/>
/// <param name="guarded">Over connections of its own, to no private network: for requests that messages describe.</param>
/// <param name="rate">Null: no limit.</param>
internal sealed class Sender(Ask ask, Ask guarded, RequestBuilder requests, RateLimit? rate)
{
    /// <summary>In bytes. A connection whose answer is longer is cheaper to replace than to empty.</summary>
    public const int MaxBody = 64 * 1024;

    /// <summary>In bytes, of a failing answer: enough to tell why.</summary>
    private const int MaxStart = 1024;

    /// <summary>An endpoint that leaves its answer open would hold up the lane.</summary>
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromMilliseconds(500);

    /// <summary>In the place of an answer that must not be passed on.</summary>
    private const string LeftOut = "left out: it repeats a secret of the request";

    public ValueTask<Delivery> SendAsync(Endpoint endpoint, Message message, Deadline deadline) =>
        SendAsync(endpoint, message, again: null, deadline);

    /// <param name="again">As <see cref="Ask"/> has it.</param>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Delivery> SendAsync(Endpoint endpoint, Message message, TimeSpan? again, Deadline deadline)
    {
        var route = endpoint.Route;
        var request = requests.Build(route, message, out var fault);
        if (request is null)
            return new(Outcome.Rejected, Endpoint: endpoint, Why: $"route {route.Name}: {fault} in message {message.Id}");

        if (endpoint is not { Credential: null, Signature: null })
        {
            if (await ProveAsync(endpoint, request, message, deadline) is { } failure) return failure;
        }

        var askIt = route.MessageRule is { AllowPrivate: false } ? guarded : ask;
        var answer = await askIt(request, route, again, deadline);
        if (answer.Status is 401 or 407) endpoint.Credential?.Refused();
        var delivery = new Delivery(
            Classification.Of(answer, route.Statuses),
            answer.Status,
            answer.Fault,
            Why: answer.Detail,
            RetryAfter: answer.RetryAfter,
            QuotaSpent: answer.QuotaSpent,
            Response: answer.Start is { } start && Reveals(start, endpoint, request) ? LeftOut : answer.Start,
            Latency: answer.Latency,
            HeadersLeftOut: request.LeftOut,
            Endpoint: endpoint,
            IsOfDeadConnection: answer.IsOfDeadConnection,
            Disposition: answer.Disposition);
        return MayGoAgain(delivery, again, deadline) ? await SendAgainAsync(delivery, endpoint, message, deadline) : delivery;
    }

    /// <summary>The server may not have seen the request, and there is time for another one.</summary>
    private static bool MayGoAgain(Delivery delivery, TimeSpan? again, Deadline deadline) =>
        delivery is { IsOfDeadConnection: true, Endpoint.Route: { Resend: true } route }
            && again is null && delivery.Latency < route.Timeout && !deadline.HasPassed;

    /// <summary>The one more try. Whatever keeps an answer from coming, the message may have been delivered by the first.</summary>
    private async ValueTask<Delivery> SendAgainAsync(Delivery first, Endpoint endpoint, Message message, Deadline deadline)
    {
        rate?.Skip();
        try
        {
            var second = await SendAsync(endpoint, message, endpoint.Route.Timeout - first.Latency, deadline);
            if (second.Latency is null) return first;

            return second.Status is not null ? second with { IsResent = true } : new(
                Outcome.Unavailable,
                Fault: Fault.Reset,
                Why: second.Why,
                Latency: second.Latency,
                HeadersLeftOut: second.HeadersLeftOut,
                Endpoint: endpoint,
                IsResent: true);
        }
        catch (OutOfTimeException)
        {
            return first;
        }
    }

    /// <summary>Asks over these connections.</summary>
    public static Ask Over(ConnectionPool connections, TimeProvider time)
    {
        Func<Exchange, Answer> read = exchange => AnswerOf(exchange, heedsDisposition: false, time);
        Func<Exchange, Answer> readAndHeed = exchange => AnswerOf(exchange, heedsDisposition: true, time);
        return (request, route, again, deadline) => connections.ExchangeAsync(
            request,
            new(route.Statuses.Accepts, MaxDrainTime),
            route.Statuses.HeedsDisposition ? readAndHeed : read,
            again ?? route.Timeout,
            deadline,
            isFresh: again is not null);
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
            return new(Outcome.EndpointFault, Endpoint: endpoint, Fault: Fault.Credential, Why: e.Message);
        }
    }

    private static Answer AnswerOf(Exchange exchange, bool heedsDisposition, TimeProvider time)
    {
        var (response, latency) = (exchange.Response, exchange.Latency);
        if (exchange.Fault is not Fault.None)
        {
            return new(
                Status: null,
                Fault: exchange.Fault,
                Detail: FaultDetail.Of(exchange.Cause),
                Latency: latency,
                IsOfDeadConnection: exchange.IsOfDeadConnection);
        }

        var disposition = heedsDisposition ? Dispositions.Of(response.Head) : Disposition.None;
        var answer = new Answer(
            response.Status,
            Start: MayFail(response.Status, disposition) ? TextOf(response.Body) : null,
            Latency: latency,
            IsOfDeadConnection: exchange.IsOfDeadConnection,
            Disposition: disposition);
        return !response.Head.Throttles ? answer : answer with
        {
            RetryAfter = response.Header("Retry-After"u8) is { } wait ? ThrottlingHeaders.RetryAfter(wait, time.GetUtcNow()) : null,
            QuotaSpent = response.Header("RateLimit"u8) is { } limit && ThrottlingHeaders.QuotaSpent(limit),
        };
    }

    private static bool MayFail(int status, Disposition disposition) =>
        status is < 200 or > 299 || disposition is Disposition.Retry or Disposition.DeadLetter;

    private static string? TextOf(ReadOnlyMemory<byte> body) =>
        body.IsEmpty ? null : Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MaxStart)]);

    private static bool Reveals(string answer, Endpoint endpoint, Request request) =>
        request.IsRevealedBy(answer) || endpoint.Secrets.MayBeRevealedBy(answer, request);
}
