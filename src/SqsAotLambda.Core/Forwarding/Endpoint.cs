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

/// <summary>Whether the breaker lets a request go.</summary>
internal enum Admission
{
    No = 0,

    Yes,

    /// <summary>The one request that tells whether the endpoint is back.</summary>
    Probe,
}

/// <summary>
/// Spares an endpoint that fails again and again, and the messages their receives: opens after five endpoint faults or twenty
/// faults of any kind without a delivery between them, for 30 s at first, doubling to 15 min; then one probe decides.
/// </summary>
internal sealed class Breaker(bool on, TimeProvider time)
{
    private const int EndpointFaultsToOpen = 5;
    private const int FaultsToOpen = 20;
    private static readonly TimeSpan FirstOpen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOpen = TimeSpan.FromMinutes(15);

    private int endpointFaults;
    private int faults;
    private TimeSpan openTime;
    private DateTimeOffset? openUntil;
    private bool probing;

    /// <summary>What is left of the open time; zero when a request may go.</summary>
    public TimeSpan OpenFor => openUntil is { } until && until > time.GetUtcNow() ? until - time.GetUtcNow() : TimeSpan.Zero;

    /// <param name="lastReceive">It is sent even while the breaker is open: the breaker alone sends no message to the dead letters.</param>
    public Admission Admit(bool lastReceive)
    {
        if (!on || openUntil is not { } until) return Admission.Yes;
        if (!probing && until <= time.GetUtcNow())
        {
            probing = true;
            return Admission.Probe;
        }

        return lastReceive ? Admission.Yes : Admission.No;
    }

    /// <summary>Tells how an admitted request ended; each is told once.</summary>
    public void Record(Admission admission, Delivery delivery)
    {
        if (!on) return;

        if (admission is Admission.Probe) probing = false;
        if (delivery.Outcome is Outcome.Delivered) Close();
        // A connection that had ended says nothing of the endpoint.
        else if (delivery.Outcome is Outcome.NotAttempted || delivery.IsOfDeadConnection) return;
        // A message on its last receive may have closed it since.
        else if (admission is Admission.Probe && openUntil is not null) Open();
        else if (delivery.Outcome is not Outcome.Rejected) Count(IsSoft(delivery));
    }

    private void Close()
    {
        (endpointFaults, faults, openTime, openUntil) = (0, 0, TimeSpan.Zero, null);
    }

    private void Open()
    {
        openTime = openTime == TimeSpan.Zero ? FirstOpen : openTime * 2 < LongestOpen ? openTime * 2 : LongestOpen;
        openUntil = time.GetUtcNow() + openTime;
    }

    private static bool IsSoft(Delivery delivery) =>
        delivery.Outcome is not Outcome.EndpointFault || (
            delivery is { Status: { } status, Endpoint: { } endpoint } && endpoint.Route.MayBlameMessage(status));

    private void Count(bool soft)
    {
        faults++;
        if (!soft) endpointFaults++;
        // While it is open a fault leaves its time as it is.
        if (openUntil is null && (endpointFaults >= EndpointFaultsToOpen || faults >= FaultsToOpen)) Open();
    }
}
