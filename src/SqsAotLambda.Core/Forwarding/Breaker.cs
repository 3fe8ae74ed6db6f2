namespace SqsAotLambda.Forwarding;

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

    private readonly Lock gate = new();
    private int endpointFaults;
    private int faults;
    private TimeSpan openTime;
    private DateTimeOffset? openUntil;
    private bool probing;

    /// <summary>What is left of the open time; zero when a request may go.</summary>
    public TimeSpan OpenFor
    {
        get
        {
            lock (gate) return openUntil is { } until && until > time.GetUtcNow() ? until - time.GetUtcNow() : TimeSpan.Zero;
        }
    }

    /// <param name="lastReceive">It is sent even while the breaker is open: the breaker alone sends no message to the dead letters.</param>
    public Admission Admit(bool lastReceive)
    {
        lock (gate)
        {
            if (!on || openUntil is not { } until) return Admission.Yes;
            if (!probing && until <= time.GetUtcNow())
            {
                probing = true;
                return Admission.Probe;
            }

            return lastReceive ? Admission.Yes : Admission.No;
        }
    }

    /// <summary>Tells how an admitted request ended; each is told once.</summary>
    public void Record(Admission admission, Delivery delivery)
    {
        if (!on) return;

        var outcome = delivery.Outcome;

        lock (gate)
        {
            if (admission is Admission.Probe) probing = false;
            if (outcome is Outcome.Delivered) Close();
            else if (outcome is Outcome.NotAttempted) return;
            // A message on its last receive may have closed it since.
            else if (admission is Admission.Probe && openUntil is not null) Open();
            else if (outcome is not Outcome.Rejected) Count(IsSoft(delivery));
        }
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
