using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Reading;

/// <summary>
/// Reads typed values by their names and collects what is wrong with them, one sentence each. A wrong value gives its default, so that reading
/// goes on to the next fault.
/// </summary>
/// <param name="faults">Takes the faults.</param>
internal abstract class ValueReader(List<string> faults)
{
    /// <summary>Of a duration: a TimeSpan holds that many hours.</summary>
    private const int MaxDigits = 8;

    private readonly Dictionary<string, string> defaults = [];

    /// <summary>One sentence each: where, what is wrong, what is allowed.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>The default of every value that was asked for, by name, as one would write it; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Defaults => defaults;

    /// <summary>Null: there is none; or it is no text, which is told.</summary>
    public string? OptionalText(string name)
    {
        Know(name, "");
        return TextOf(name);
    }

    /// <param name="parse">Null for a text that is not allowed.</param>
    /// <returns>Null: there is none, or none that is allowed.</returns>
    public T? Parsed<T>(string name, string allowed, Func<string, T?> parse)
    {
        Know(name, "");
        if (TextOf(name) is not { } text) return default;
        if (parse(text) is { } value) return value;

        Refuse(name, text, allowed);
        return default;
    }

    /// <param name="parse">Null for a text that is not allowed.</param>
    public T Parsed<T>(string name, string fallback, string allowed, Func<string, T?> parse)
    {
        Know(name, fallback);
        return Parsed(name, allowed, parse) ?? parse(fallback)!;
    }

    public string Text(string name, string fallback, string allowed, Func<string, bool> isAllowed) =>
        Parsed(name, fallback, allowed, text => isAllowed(text) ? text : null);

    public string OneOf(string name, string fallback, params string[] others) =>
        Text(name, fallback, string.Join(", ", [fallback, .. others]), text => text == fallback || others.Contains(text));

    public T Enum<T>(string name, T fallback)
        where T : struct, Enum
    {
        var names = System.Enum.GetNames<T>().Select(each => each.ToUpperInvariant());
        var first = fallback.ToString().ToUpperInvariant();
        return System.Enum.Parse<T>(OneOf(name, first, [.. names.Where(each => each != first)]), ignoreCase: true);
    }

    public int Int(string name, int fallback, int min, int max)
    {
        Know(name, fallback.ToString(CultureInfo.InvariantCulture));
        return OptionalInt(name, min, max) ?? fallback;
    }

    /// <summary>Null: there is none, or none that is allowed.</summary>
    public int? OptionalInt(string name, int min, int max) => Parsed<int?>(
        name,
        $"a whole number from {min} to {max}",
        text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null);

    /// <summary>A whole number with its unit: <c>1500ms</c>, <c>15s</c>, <c>5m</c>, <c>2h</c>.</summary>
    public TimeSpan Duration(string name, string fallback, string min, string max)
    {
        Know(name, fallback);
        return OptionalDuration(name, min, max) ?? ParseDuration(fallback)!.Value;
    }

    /// <inheritdoc cref="Duration"/>
    /// <returns>Null: there is none, or none that is allowed.</returns>
    public TimeSpan? OptionalDuration(string name, string min, string max) => Parsed<TimeSpan?>(
        name, $"a whole number with its unit (ms, s, m or h) from {min} to {max}", text => ParseDuration(text, min, max));

    /// <summary>A reader of an object in a value, whose faults are told with all others.</summary>
    /// <param name="where">What a fault begins with.</param>
    public Members Object(JsonElement json, string where) => new(json, where, faults);

    /// <summary>Null when the text is no duration, or out of bounds.</summary>
    public static TimeSpan? ParseDuration(string text, string min, string max) =>
        ParseDuration(text) is { } value && value >= ParseDuration(min) && value <= ParseDuration(max) ? value : null;

    protected void Tell(string sentence) => faults.Add(sentence);

    /// <summary>A value of this name was asked for.</summary>
    /// <param name="fallback">Empty: it has no default.</param>
    protected void Know(string name, string fallback) => defaults.TryAdd(name, fallback);

    /// <summary>Null: there is none; or it is no text, which is told.</summary>
    protected abstract string? TextOf(string name);

    /// <summary>Tells that a text is not allowed.</summary>
    /// <param name="allowed">What is, to follow "it takes".</param>
    protected abstract void Refuse(string name, string text, string allowed);

    private static TimeSpan? ParseDuration(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > MaxDigits) return null;

        var number = int.Parse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture);

        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => null,
        };
    }
}
