using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>Where the messages of a route go, and what is known of it from one invocation to the next.</summary>
/// <param name="newBreaker">For the route, and for each origin that its messages name.</param>
/// <param name="credential">Null: the endpoint asks for none.</param>
/// <param name="signature">Null: requests are not signed.</param>
internal sealed class Endpoint(
    Route route, Func<Breaker> newBreaker, Pace pace, Suspicion suspicion, Credential? credential = null, Signature? signature = null)
{
    /// <summary>Messages may name any number of hosts; beyond this their requests share the route's breaker.</summary>
    private const int MaxOrigins = 1000;

    private readonly Dictionary<Origin, Endpoint> apart = [];

    public Route Route => route;

    public RouteSecrets Secrets { get; private init; } = new(route);

    /// <inheritdoc cref="Route.Shown"/>
    public string Url => route.Shown;

    public Breaker Breaker { get; } = newBreaker();

    public Pace Pace => pace;

    public Credential? Credential => credential;

    public Signature? Signature => signature;

    /// <summary>The same with a breaker of its own, for an origin that messages name.</summary>
    public Endpoint At(Origin origin)
    {
        if (apart.TryGetValue(origin, out var known)) return known;

        if (apart.Count >= MaxOrigins)
        {
            foreach (var each in apart.Where(each => each.Value.Breaker.IsAtRest).ToList()) apart.Remove(each.Key);
        }

        if (apart.Count >= MaxOrigins) return this;

        return apart[origin] = new(route, newBreaker, pace, suspicion, credential, signature) { Secrets = Secrets };
    }

    /// <summary>Learns from how the request for a message ended.</summary>
    /// <param name="lastReceive">The message has no other chance.</param>
    /// <returns>How that counts.</returns>
    public Delivery Record(Delivery delivery, bool lastReceive)
    {
        pace.Record(delivery);
        return suspicion.Judge(delivery, lastReceive);
    }
}
