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

/// <summary>
/// How many lanes may be under way to one endpoint at once: halves with a batch that was throttled, grows by one with each that was
/// delivered and not throttled.
/// </summary>
/// <param name="most">The upper limit, and the start.</param>
internal sealed class Concurrency(int most)
{
    private int fewer;

    public int Now => most - fewer;

    public void Halve() => fewer = most - Math.Max(1, Now / 2);

    /// <summary>By one, up to the limit.</summary>
    public void Grow() => fewer = Math.Max(0, fewer - 1);
}
