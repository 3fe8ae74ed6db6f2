using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace SqsAotLambda.Local;

/// <summary>Options of one kind, and how their values are read.</summary>
internal static class OptionKinds
{
    public static Option<int> Number(string name, int value, string description) => new(name)
    {
        HelpName = "N",
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseNumber(result) ?? default,
        Description = description,
    };

    /// <summary>Without a value of its own.</summary>
    public static Option<int?> Number(string name, string description) =>
        new(name) { HelpName = "N", CustomParser = result => ParseNumber(result), Description = description };

    public static Option<Duration> Time(string name, string value, string description, bool mayBeZero = false) => new(name)
    {
        HelpName = "DURATION",
        DefaultValueFactory = _ => Duration.TryParse(value)!.Value,
        CustomParser = result => ParseDuration(result, mayBeZero) ?? default,
        Description = description,
    };

    /// <summary>Without a value of its own.</summary>
    public static Option<Duration?> Time(string name, string description) =>
        new(name) { HelpName = "DURATION", CustomParser = result => ParseDuration(result, mayBeZero: false), Description = description };

    public static Option<Uri?> Address(string name, string description) => new(name)
    {
        HelpName = "URL",
        Description = description,
        CustomParser = result =>
            Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" }
                ? address
                : Refuse<Uri>(result, "an absolute http or https address"),
    };

    /// <returns>Nothing: the value is not used once an error is there.</returns>
    public static T? Refuse<T>(ArgumentResult result, string allowed)
    {
        result.AddError($"{((OptionResult)result.Parent!).Option.Name} {result.Tokens[0].Value}: {allowed} is allowed.");
        return default;
    }

    private static int? ParseNumber(ArgumentResult result) =>
        int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number)
            ? number
            : Refuse<int?>(result, "a whole number");

    private static Duration? ParseDuration(ArgumentResult result, bool mayBeZero) => Duration.TryParse(result.Tokens[0].Value) switch
    {
        null => Refuse<Duration?>(result, Duration.Allowed),
        { Value.Ticks: 0 } when !mayBeZero => Refuse<Duration?>(result, "more than zero"),
        { } duration => duration,
    };
}
