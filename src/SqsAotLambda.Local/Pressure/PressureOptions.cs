using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SqsAotLambda.Local.Pressure;

/// <summary>What the command line asks for of an endpoint under pressure, and of tenants; null: nothing.</summary>
internal sealed record PressureSettings(TimeSpan? Outage, ThrottleSetting? Throttle, TimeSpan? Wall, BlipSetting? Blip, int? Tenants);

/// <summary>The options of <c>run</c> that put the built-in endpoint under pressure.</summary>
internal sealed class PressureOptions
{
    private readonly Option<Duration?> outage = OptionKinds.Time(
        "--outage", "From the first request on the endpoint answers 503 for this long, then 200 to all; nothing may be dead-lettered.");

    private readonly Option<ThrottleSetting?> throttle = new("--throttle")
    {
        HelpName = "RATE[,503]",
        CustomParser = ParseThrottle,
        Description = $"The endpoint takes this many requests a second, with a burst of {ThrottleSetting.Burst}, and answers the others 429; "
            + "with ,503 it answers them 503 with Retry-After: 1.",
    };

    private readonly Option<Duration?> wall = OptionKinds.Time(
        "--wall", "From the first request on the endpoint answers 400 to everything for this long, then 200.");

    private readonly Option<BlipSetting?> blip = new("--blip")
    {
        HelpName = "DURATION[,refuse]",
        CustomParser = ParseBlip,
        Description = "From the middle of the run on the endpoint answers 502 for this long; "
            + "with ,refuse it refuses connections. Nothing may be dead-lettered.",
    };

    private readonly Option<int?> tenants = OptionKinds.Number(
        "--tenants", "Each message is of one of this many tenants, by its message group on the standard queue; the first has most of them.");

    public IEnumerable<Option> All => [outage, throttle, wall, blip, tenants];

    public PressureSettings Read(ParseResult result) => new(
        result.GetValue(outage)?.Value, result.GetValue(throttle), result.GetValue(wall)?.Value, result.GetValue(blip), result.GetValue(tenants));

    private static ThrottleSetting? ParseThrottle(ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split(',');
        return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && parts is [_] or [_, "429" or "503"]
            ? new ThrottleSetting(rate, parts is [_, "503"] ? 503 : 429)
            : OptionKinds.Refuse<ThrottleSetting>(result, "a whole number of requests a second, alone or with ,503 behind it,");
    }

    private static BlipSetting? ParseBlip(ArgumentResult result)
    {
        var parts = result.Tokens[0].Value.Split(',');
        return Duration.TryParse(parts[0]) is { Value.Ticks: > 0 } length && parts is [_] or [_, "refuse"]
            ? new BlipSetting(length.Value, Refuses: parts.Length > 1)
            : OptionKinds.Refuse<BlipSetting>(result, $"{Duration.Allowed}, alone or with ,refuse behind it,");
    }
}
