using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Sends one request; whatever the network or the endpoint does is an answer, not an exception.</summary>
/// <param name="route">Of the message: its time-out, connecting included, and the statuses that accept a request.</param>
internal delegate ValueTask<Answer> Send(Request request, Route route, Deadline deadline);

/// <summary>Sends one message by one request.</summary>
/// <param name="guarded">Over connections of its own, to no private network: for requests that messages describe.</param>
internal sealed class Forwarder(Send send, Send guarded, RequestBuilder requests)
{
    /// <summary>In the place of an answer that must not be passed on.</summary>
    private const string LeftOut = "left out: it repeats a secret of the request";

    public async Task<Delivery> ForwardAsync(Endpoint endpoint, Message message, Deadline deadline)
    {
        var request = requests.Build(endpoint.Route, message, out var fault);
        if (request is null)
            return new(Outcome.Rejected, Endpoint: endpoint, Reason: $"route {endpoint.Route.Name}: {fault} in message {message.Id}");

        if (endpoint is not { Credential: null, Signature: null })
        {
            if (await ProveAsync(endpoint, request, message, deadline) is { } failure) return failure;
        }

        var sendTo = endpoint.Route.MessageRule is { AllowPrivate: false } ? guarded : send;
        var answer = await sendTo(request, endpoint.Route, deadline);
        if (answer.Status is 401 or 407) endpoint.Credential?.Refused();
        return new(
            Classification.Of(answer, endpoint.Route.Statuses),
            answer.Status,
            answer.Fault,
            RetryAfter: answer.RetryAfter,
            QuotaSpent: answer.QuotaSpent,
            Response: answer.Start is { } start && Reveals(start, endpoint, request) ? LeftOut : answer.Start,
            Latency: answer.Latency,
            HeadersLeftOut: request.LeftOut,
            Endpoint: endpoint);
    }

    private static bool Reveals(string answer, Endpoint endpoint, Request request) =>
        request.IsRevealedBy(answer) || endpoint.Secrets.MayBeRevealedBy(answer, request);

    /// <summary>Signs and authorizes; null when that is done.</summary>
    private static async Task<Delivery?> ProveAsync(
        Endpoint endpoint, Request request, Message message, Deadline deadline)
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
}
