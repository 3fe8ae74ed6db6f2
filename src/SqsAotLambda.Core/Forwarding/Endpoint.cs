using SqsAotLambda.Credentials;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>Where the messages of a route go, and what is known of it from one invocation to the next.</summary>
/// <param name="credential">Null: the endpoint asks for none.</param>
/// <param name="signature">Null: requests are not signed.</param>
internal sealed class Endpoint(Route route, Breaker breaker, Concurrency concurrency, Credential? credential = null, Signature? signature = null)
{
    public Route Route => route;

    public RouteSecrets Secrets { get; } = new(route);

    /// <inheritdoc cref="Route.Shown"/>
    public string Url => route.Shown;

    public Breaker Breaker => breaker;

    public Concurrency Concurrency => concurrency;

    public Credential? Credential => credential;

    public Signature? Signature => signature;

    /// <summary>Learns from a batch how many requests the endpoint bears at once.</summary>
    public void Record(Delivery[] batch)
    {
        var (delivered, throttled) = (false, false);
        foreach (var delivery in batch)
        {
            if (delivery.Endpoint != this) continue;

            delivered |= delivery.Outcome is Outcome.Delivered;
            throttled |= delivery.Outcome is Outcome.Throttled || delivery.QuotaSpent;
        }

        if (throttled) concurrency.Halve();
        else if (delivered) concurrency.Grow();
    }
}
