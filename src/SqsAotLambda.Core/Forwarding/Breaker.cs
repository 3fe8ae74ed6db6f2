using SqsAotLambda.Io;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Forwarding;

/// <summary>Whether the breaker lets a request go.</summary>
internal enum Admission
{
    /// <summary>It is open for long.</summary>
    No = 0,

    /// <summary>It pauses, and its pause ends too late.</summary>
    NotInTime,

    /// <summary>It pauses: <see cref="Breaker.ChangeAsync"/> tells when to ask again.</summary>
    Wait,

    Yes,

    /// <summary>The one request that tells whether the endpoint is back.</summary>
    Probe,
}

/// <summary>
/// Spares an endpoint that fails again and again, and the messages their receives: opens after five endpoint faults or twenty faults of any kind
/// without a delivery between them. After soft faults it pauses first, for 1, 2, 4 and 8 s, which messages wait out; then, and at once after
/// endpoint faults, it is open for 30 s, doubling to 15 min. Behind each one probe decides.
/// </summary>
internal sealed class Breaker(bool on, Loop loop)
{
    private const int EndpointFaultsToOpen = 5;
    private const int FaultsToOpen = 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstOpen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestOpen = TimeSpan.FromMinutes(15);

    private readonly List<Waiting> waiting = [];
    private int endpointFaults;
    private int faults;
    private TimeSpan openTime;
    private DateTimeOffset? openUntil;
    private bool probing;

    /// <summary>What is left of the open time; zero when a request may go.</summary>
    public TimeSpan OpenFor => openUntil is { } until && until > Now ? until - Now : TimeSpan.Zero;

    /// <summary>It is open for a time that messages wait out.</summary>
    public bool IsPausing => openUntil is not null && openTime <= LongestPause;

    /// <summary>It has nothing to remember.</summary>
    public bool IsAtRest => faults == 0 && waiting.Count == 0;

    private LoopTimer PauseTimer => field ??= new(loop, LetOneProbe);

    private DateTimeOffset Now => loop.Time.GetUtcNow();

    /// <param name="lastReceive">It is sent even while the breaker is open: the breaker alone sends no message to the dead letters.</param>
    /// <param name="until">The last moment to which a pause may be waited out, which leaves time for the request.</param>
    public Admission Admit(bool lastReceive, DateTimeOffset until)
    {
        if (openUntil is not { } opensAt) return Admission.Yes;
        if (!probing && opensAt <= Now)
        {
            probing = true;
            return Admission.Probe;
        }

        if (MayWait(until)) return Admission.Wait;
        if (lastReceive) return Admission.Yes;

        return IsPausing ? Admission.NotInTime : Admission.No;
    }

    /// <summary>It pauses, and its pause ends in time.</summary>
    /// <param name="until">As <see cref="Admit"/> has it.</param>
    public bool MayWait(DateTimeOffset until) => IsPausing && (probing ? Now : openUntil) < until;

    /// <summary>Waits until it is to be asked again, or this message is the probe.</summary>
    /// <param name="until">As <see cref="Admit"/> has it.</param>
    public async ValueTask<Admission> ChangeAsync(bool lastReceive, DateTimeOffset until)
    {
        var mine = new Waiting(lastReceive, loop, loop.After(until - Now));
        waiting.Add(mine);
        if (!probing) PauseTimer.Set(loop.After(OpenFor));
        await mine.OverAsync();
        waiting.Remove(mine);
        return mine.Value;
    }

    /// <summary>Tells how an admitted request ended; each is told once.</summary>
    public void Record(Admission admission, Delivery delivery)
    {
        if (!on) return;

        if (admission is Admission.Probe) probing = false;
        var speaks = delivery is { Outcome: not Outcome.NotAttempted, IsOfDeadConnection: false };
        if (delivery.Outcome is Outcome.Delivered or Outcome.Dropped) Close();
        // A message on its last receive may have closed it since.
        else if (admission is Admission.Probe && openUntil is not null && speaks) Judge(delivery);
        else if (speaks && delivery is { Outcome: Outcome.Unavailable or Outcome.EndpointFault, Disposition: not Disposition.Retry }) Count(delivery);
        // The probe told nothing: the next message probes.
        else if (admission is Admission.Probe && openUntil is not null) LetOneProbe();
    }

    /// <summary>An endpoint is back when it answers for the message alone, or asks for fewer. Without a request nothing is known.</summary>
    private void Judge(Delivery probe)
    {
        if (probe.Outcome is Outcome.Throttled || probe.Disposition is Disposition.Retry) Close();
        else if (probe.Outcome is not (Outcome.Rejected or Outcome.Suspect)) Open(IsSoft(probe));
        else if (probe.Status is not null) Close();
        else LetOneProbe();
    }

    private void Close()
    {
        (endpointFaults, faults, openTime, openUntil) = (0, 0, TimeSpan.Zero, null);
        AskAgain();
    }

    private void Open(bool soft)
    {
        openTime = openTime switch
        {
            { Ticks: 0 } when soft => FirstPause,
            var pause when soft && pause < LongestPause => pause * 2,
            var time when time <= LongestPause => FirstOpen,
            var time => time * 2 < LongestOpen ? time * 2 : LongestOpen,
        };
        openUntil = Now + openTime;
        AskAgain();
    }

    private static bool IsSoft(Delivery delivery) =>
        delivery.Outcome is not Outcome.EndpointFault || (
            delivery is { Status: { } status, Endpoint: { } endpoint } && endpoint.Route.MayBlameMessage(status));

    private void Count(Delivery fault)
    {
        faults++;
        if (!IsSoft(fault)) endpointFaults++;
        // While it is open a fault leaves its time as it is.
        if (openUntil is null && (endpointFaults >= EndpointFaultsToOpen || faults >= FaultsToOpen)) Open(endpointFaults < EndpointFaultsToOpen);
    }

    private void AskAgain()
    {
        foreach (var each in waiting.ToArray()) each.End(Admission.Wait);
    }

    /// <summary>The pause is over. What has no other chance goes behind the others.</summary>
    private void LetOneProbe()
    {
        if (probing || openUntil is null) return;
        if (OpenFor > TimeSpan.Zero)
        {
            // The time of day was set back.
            PauseTimer.Set(loop.After(OpenFor));
            return;
        }

        var open = waiting.FindAll(each => !each.IsOver);
        if ((open.Find(each => !each.IsLast) ?? open.FirstOrDefault()) is not { } next) return;

        probing = true;
        next.End(Admission.Probe);
    }

    /// <summary>A message that waits out a pause; at its time's end it asks again.</summary>
    private sealed class Waiting(bool lastReceive, Loop loop, long until) : Pending<Admission>(loop, until, late: Admission.Wait)
    {
        public bool IsLast => lastReceive;
    }
}
