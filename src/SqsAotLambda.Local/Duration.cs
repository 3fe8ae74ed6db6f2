using System.Globalization;

namespace SqsAotLambda.Local;

/// <summary>A length of time as it is written on the command line: a whole number with its unit.</summary>
internal readonly record struct Duration(TimeSpan Value)
{
    public const string Allowed = "a whole number with its unit, such as 500ms, 2s or 5m";

    public static Duration? TryParse(string text)
    {
        var unitStart = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (unitStart < 1 || !int.TryParse(text.AsSpan(0, unitStart), CultureInfo.InvariantCulture, out var number)) return null;

        return text[unitStart..] switch
        {
            "ms" => new Duration(TimeSpan.FromMilliseconds(number)),
            "s" => new Duration(TimeSpan.FromSeconds(number)),
            "m" => new Duration(TimeSpan.FromMinutes(number)),
            _ => null,
        };
    }

    public static string Format(TimeSpan value) => new Duration(value).ToString();

    public override string ToString() => Value switch
    {
        { Ticks: > 0 } when Value.Ticks % TimeSpan.TicksPerMinute == 0 => $"{Value.TotalMinutes:0}m",
        _ when Value.Ticks % TimeSpan.TicksPerSecond == 0 => $"{Value.TotalSeconds:0}s",
        _ => $"{Value.TotalMilliseconds:0}ms",
    };
}
