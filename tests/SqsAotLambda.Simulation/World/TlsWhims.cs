namespace SqsAotLambda.Simulation.World;

/// <summary>What a server makes of its TLS connections.</summary>
/// <param name="isCalm">Every handshake is sound and quick.</param>
internal sealed class TlsWhims(Chance chance, bool isCalm)
{
    /// <summary>Of each so many handshakes one fails; 0: none does.</summary>
    private readonly int failures = isCalm ? 0 : chance.Of(0, 0, 0, 12, 3);

    private readonly bool showsAnother = !isCalm && chance.OneIn(30);

    private readonly TicketTime ticket = chance.Of(TicketTime.WithHandshake, TicketTime.AfterHandshake, TicketTime.AfterHandshake, TicketTime.Never);

    /// <summary>In milliseconds, at most.</summary>
    private readonly int ticketDelay = isCalm ? 1 : chance.Of(1, 1, 40, 2000);

    private readonly int recordSize = chance.Of(SimulatedRecords.MaxLength, SimulatedRecords.MaxLength, 1400, 1400, 1);

    private readonly bool saysFarewell = chance.OneIn(2);

    public TlsManner Next() => new(
        showsAnother ? TlsAnswer.ShowsAnother : failures > 0 && chance.OneIn(failures) ? Failure() : TlsAnswer.Accepts,
        ticket,
        chance.Below(ticketDelay),
        recordSize,
        saysFarewell,
        TakesTickets: !chance.OneIn(10));

    private TlsAnswer Failure() => chance.Of(TlsAnswer.Stalls, TlsAnswer.Alerts, TlsAnswer.ShowsAnother, TlsAnswer.Closes, TlsAnswer.Resets);
}
