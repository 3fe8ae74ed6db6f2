using System.Globalization;

namespace SqsAotLambda.Local.Pressure;

/// <summary>The account of a run under pressure: what the table shows besides that of any run.</summary>
/// <param name="trouble">null: the endpoint was in none.</param>
/// <param name="timeline">null: only the ledger tells what happened.</param>
internal sealed class PressureReport(Settings settings, Ledger ledger, Trouble? trouble, Timeline? timeline)
{
    /// <summary>The first requests of a run tell nothing of how the function adapts.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<Answered> answers = timeline?.Answers ?? [];
    private readonly IReadOnlyList<FailedReceive> failures = timeline?.Failures ?? [];

    private TimeSpan Beginning => answers is [var first, ..] ? first.At : TimeSpan.Zero;

    private IEnumerable<Answered> Acceptances => answers.Where(answer => answer.Behaviour is Behaviour.Accept);

    public IEnumerable<(string Name, string Value)> Rows() =>
    [
        .. OutageRows(),
        .. settings.Pressure.Throttle is { } throttle ? ThrottleRows(throttle) : [],
        .. settings.Pressure.Wall is { } wall ? WallRows(wall) : [],
        .. settings.Pressure.Blip is { } blip && trouble is Blip played ? BlipRows(blip, played) : [],
        .. TenantRows(),
    ];

    private IEnumerable<(string Name, string Value)> OutageRows()
    {
        if (settings.Outage is not { } outage) yield break;

        yield return ("outage", $"{Duration.Format(outage)}, {ledger.TurnedAway} requests were answered 503");
        // While it lasted nothing was accepted.
        yield return ("delivered after it", $"{ledger.Delivered}");
    }

    private IEnumerable<(string Name, string Value)> ThrottleRows(ThrottleSetting throttle)
    {
        var later = answers.Where(answer => answer.At >= Beginning + Start).ToArray();
        var tried = answers.Select(answer => answer.MessageId).Distinct().Count();

        var rate = $"{throttle.Rate} requests a second and a burst of {ThrottleSetting.Burst}";
        yield return ("throttle", $"{rate}, the others are answered {throttle.Status}");
        yield return ("  throttled", Share(answers));
        yield return ($"  after {Duration.Format(Start)}", Share(later));
        yield return ("  delivered", $"{ledger.Delivered} of {ledger.Sent} {InTime(Acceptances)}");
        yield return ("  never tried", $"{ledger.Sent - tried}");
    }

    private IEnumerable<(string Name, string Value)> WallRows(TimeSpan length)
    {
        yield return ("wall", $"{Duration.Format(length)}, {ledger.TurnedAway} requests were answered 400");
        yield return ("  dead letters", ByEnvironment(ledger.DeadLetteredIds().Select(id => (id, timeline?.EnvironmentOf(id) ?? 0))));
        yield return ("  delivered after it", Acceptances.LastOrDefault() is { MessageId: not null } last
            ? $"{ledger.Delivered}, the last {After(last.At - Beginning - length)}"
            : "0");
    }

    private IEnumerable<(string Name, string Value)> BlipRows(BlipSetting setting, Blip blip)
    {
        if (blip.Beginning is not { } beginning || timeline is null)
        {
            yield return ("blip", "the run ended before it");
            yield break;
        }

        var end = timeline.At(beginning) + setting.Length;
        var (form, fate) = setting.Refuses ? (" of refused connections", "cut off") : ("", "answered 502");
        yield return ("blip", $"{Duration.Format(setting.Length)}{form}, {ledger.TurnedAway} requests were {fate}");
        yield return ("  lost a receive", ByEnvironment(failures.Select(failure => (failure.MessageId, failure.Environment))));
        yield return ("  last lost", failures is [.., var last] ? After(last.At - end) : "never");
        yield return ("  held by the breaker", timeline.HeldByBreaker is { } held ? $"the last time {After(held - end)}" : "never, by its log");
        yield return ("  delivered again", DeliveredAgain(end));
    }

    /// <summary>How long each tenant waited for its last delivery.</summary>
    private IEnumerable<(string Name, string Value)> TenantRows()
    {
        var tenants = ledger.Tenants();
        var deliveries = Acceptances.Where(answer => answer.MessageId is { } id && tenants.ContainsKey(id))
            .ToLookup(answer => tenants[answer.MessageId!]);
        return tenants.GroupBy(each => each.Value).OrderBy(tenant => tenant.Key.Length).ThenBy(tenant => tenant.Key, StringComparer.Ordinal)
            .Select(tenant => (tenant.Key, $"{tenant.Count()} messages, the last delivered {InTime(deliveries[tenant.Key])}"));
    }

    /// <summary>The first and the last of the environments that delivered again.</summary>
    private string DeliveredAgain(TimeSpan end)
    {
        TimeSpan[] firsts =
        [
            .. Acceptances.Where(answer => answer.At >= end && answer.Environment is not null).GroupBy(answer => answer.Environment)
                .Select(environment => environment.First().At - end).Order(),
        ];
        return firsts is [var first, ..]
            ? $"{After(first)} by the first environment, {After(firsts[^1])} by the last of {firsts.Length}"
            : "by none: all was delivered before its end";
    }

    private string InTime(IEnumerable<Answered> acceptances) =>
        $"within {Seconds(acceptances.Select(answer => answer.At - Beginning).DefaultIfEmpty().Max())} of the first request";

    private static string Share(IReadOnlyCollection<Answered> answers)
    {
        var throttled = answers.Count(answer => answer.Behaviour is Behaviour.Throttled or Behaviour.Overloaded);
        var share = answers.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({100.0 * throttled / answers.Count:0} %)");
        return $"{throttled} of {answers.Count} answers{share}";
    }

    /// <summary>How many messages in all, each once, and in each environment.</summary>
    private string ByEnvironment(IEnumerable<(string MessageId, int Environment)> messages)
    {
        var distinct = messages.Distinct().ToArray();
        var counts = Enumerable.Range(1, settings.Concurrency).Select(environment => distinct.Count(message => message.Environment == environment));
        return $"{distinct.DistinctBy(message => message.MessageId).Count()}; by environment {string.Join(", ", counts)}";
    }

    private static string After(TimeSpan time) => time < TimeSpan.Zero ? $"{Seconds(-time)} before its end" : $"{Seconds(time)} after its end";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
