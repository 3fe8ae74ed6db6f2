using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Settings;

/// <summary>
/// Reads typed values from environment variables and collects what is wrong with them. An empty variable counts as absent;
/// a wrong one gives its default, so that reading goes on to the next fault.
/// </summary>
internal sealed class SettingsReader(IReadOnlyDictionary<string, string> environment)
{
    /// <summary>In characters, of a value shown in a fault.</summary>
    private const int MaxShown = 100;

    /// <summary>Of a duration: a TimeSpan holds that many hours.</summary>
    private const int MaxDigits = 8;

    private readonly List<string> faults = [];
    private readonly Dictionary<string, string> defaults = [];

    /// <summary>A secret whose variable is missing is no fault, because nothing will be sent.</summary>
    public bool WithoutSecrets { get; init; }

    /// <summary>One sentence each: name, value, what is allowed.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>The default of every setting read so far, by name, as one would write it; empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Defaults => defaults;

    public string Text(string name, string fallback, string allowed, Func<string, bool> isAllowed) =>
        Parsed(name, fallback, allowed, text => isAllowed(text) ? text : null);

    /// <summary>Null unless it is set. What is wrong with it, whoever reads it tells.</summary>
    public string? OptionalText(string name)
    {
        defaults.Add(name, "");
        return Named(name);
    }

    /// <summary>False unless it is set.</summary>
    public bool Flag(string name) => OneOf(name, "false", "true") == "true";

    public string OneOf(string name, string fallback, params string[] others) =>
        Text(name, fallback, string.Join(", ", [fallback, .. others]), text => text == fallback || others.Contains(text));

    public T Enum<T>(string name, T fallback)
        where T : struct, Enum
    {
        var names = System.Enum.GetNames<T>().Select(each => each.ToUpperInvariant());
        var first = fallback.ToString().ToUpperInvariant();
        return System.Enum.Parse<T>(OneOf(name, first, [.. names.Where(each => each != first)]), ignoreCase: true);
    }

    public int Int(string name, int fallback, int min, int max) =>
        Parsed<int?>(
            name,
            fallback.ToString(CultureInfo.InvariantCulture),
            $"a whole number from {min} to {max}",
            text => ParseInt(text) is { } value && value >= min && value <= max ? value : null)!.Value;

    /// <summary>Null unless it is set.</summary>
    public int? OptionalInt(string name, int min, int max) =>
        Parsed<Optional<int>>(
            name,
            "",
            $"a whole number from {min} to {max}",
            text => text.Length == 0 ? new(null) : ParseInt(text) is { } value && value >= min && value <= max ? new(value) : null)!.Value;

    /// <summary>An http or https URL; null unless it is set.</summary>
    public Uri? OptionalUrl(string name)
    {
        defaults.Add(name, "");
        var text = environment.GetValueOrDefault(name);
        if (string.IsNullOrEmpty(text)) return null;
        var parsed = Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http";
        if (parsed && url is { UserInfo: "", Query: "", Fragment: "" }) return url;

        faults.Add($"{name}{(parsed ? Shown(url!) : "")} is not an absolute http or https URL without user name, password, query or fragment.");
        return null;
    }

    /// <summary>A whole number with its unit: <c>1500ms</c>, <c>15s</c>, <c>5m</c>, <c>2h</c>.</summary>
    public TimeSpan Duration(string name, string fallback, string min, string max) =>
        Parsed<TimeSpan?>(
            name,
            fallback,
            DurationAllowed(min, max),
            text => ParseDuration(text, min, max))!.Value;

    /// <summary>Null unless it is set. Of what is wrong only scheme, host and path are shown: the rest may hold a secret.</summary>
    public Uri? EndpointUrl(string name, UrlRule rule)
    {
        defaults.Add(name, "");
        var text = environment.GetValueOrDefault(name);
        if (string.IsNullOrEmpty(text)) return null;
        if (rule.TryParse(text) is { } allowed) return allowed;

        // Of other schemes .NET takes the query for a part of the path.
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http")
            faults.AddRange(rule.FaultsOf(url).Select(fault => $"{name}{Shown(url)} {fault}."));
        else
            faults.Add($"{name} is not {rule.Allowed}.");
        return null;
    }

    /// <param name="parse">Null for a text that is not allowed.</param>
    public T Parsed<T>(string name, string fallback, string allowed, Func<string, T?> parse)
    {
        defaults.Add(name, fallback);
        var text = environment.GetValueOrDefault(name);
        if (string.IsNullOrEmpty(text)) return parse(fallback)!;
        if (parse(text) is { } value) return value;

        faults.Add($"{name}={(text.Length <= MaxShown ? text : text[..MaxShown] + "…")} is not allowed; it takes {allowed}.");
        return parse(fallback)!;
    }

    /// <summary>A JSON text, of which nothing is shown; null unless it is set, or when it is none.</summary>
    public JsonElement? Json(string name)
    {
        defaults.Add(name, "");
        return environment.GetValueOrDefault(name) is { Length: > 0 } text ? ParseJson(name, text) : null;
    }

    /// <summary>
    /// The JSON of a file whose path, from the folder of the program, a setting names; null unless it is set, or when there is none.
    /// </summary>
    public JsonElement? JsonFile(string name)
    {
        defaults.Add(name, "");
        if (environment.GetValueOrDefault(name) is not { Length: > 0 } path) return null;

        try
        {
            return ParseJson(name, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            faults.Add($"{name}={path} can't be read: {e.GetType().Name}. It takes a file's path from the folder of the package.");
            return null;
        }
    }

    private JsonElement? ParseJson(string name, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            RefuseHalfPairs(text);
            return json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            faults.Add($"{name} is not valid JSON at byte {e.BytePositionInLine} of line {e.LineNumber}.");
            return null;
        }
        catch (InvalidOperationException)
        {
            faults.Add($"{name} holds half a surrogate pair and so has no UTF-8 form.");
            return null;
        }
    }

    /// <exception cref="InvalidOperationException">A name or a text has no UTF-8 form.</exception>
    private static void RefuseHalfPairs(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
        }
    }

    /// <summary>A variable that is no setting but is named by one; null when it is missing or empty.</summary>
    public string? Named(string variable) => environment.GetValueOrDefault(variable) is { Length: > 0 } text ? text : null;

    /// <summary>Reads an object of a JSON setting; its faults are told with all others.</summary>
    public SettingsObject Object(JsonElement json, string where) => new(json, where, faults);

    public void Fault(string sentence) => faults.Add(sentence);

    public bool IsSet(string name) => !string.IsNullOrEmpty(environment.GetValueOrDefault(name));

    public void Refuse(string name, string why)
    {
        if (IsSet(name)) faults.Add($"{name} is set: {why}.");
    }

    /// <summary>Values of unknown names are not shown: they may hold a secret.</summary>
    public void RefuseUnknown(string prefix)
    {
        var known = string.Join(", ", defaults.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (var name in environment.Keys.Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !defaults.ContainsKey(name))
                faults.Add($"{name} is not a setting; the names that begin with {prefix} are {known}.");
        }
    }

    private static string Shown(Uri url) => "=" + url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private sealed record Optional<T>(T? Value)
        where T : struct;

    private static int? ParseInt(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static string DurationAllowed(string min, string max) => $"a whole number with its unit (ms, s, m or h) from {min} to {max}";

    /// <summary>Null when the text is no duration, or out of bounds.</summary>
    public static TimeSpan? ParseDuration(string text, string min, string max) =>
        ParseDuration(text) is { } value && value >= ParseDuration(min) && value <= ParseDuration(max) ? value : null;

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
