using System.Text.Json;

namespace SqsAotLambda.Settings;

/// <summary>
/// Reads one object of a setting that is JSON and collects what is wrong with it, as <see cref="SettingsReader"/> does for
/// variables. Values are not shown: they may hold a secret.
/// </summary>
internal sealed class SettingsObject
{
    private readonly string where;
    private readonly List<string> faults;
    private readonly Dictionary<string, JsonElement> members = [];
    private readonly List<string> known = [];

    /// <param name="where">What a fault begins with, such as <c>FORWARD_AUTH "orders"</c>.</param>
    public SettingsObject(JsonElement json, string where, List<string> faults)
    {
        (this.where, this.faults) = (where, faults);
        if (json.ValueKind is not JsonValueKind.Object)
        {
            Fault("is not a JSON object");
            return;
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, member.Value)) Fault($"has two members named {member.Name}");
        }
    }

    /// <summary>Null when there is no such member.</summary>
    public JsonElement? Member(string name)
    {
        known.Add(name);
        return members.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>Null when there is no such member, or no text.</summary>
    public string? OptionalText(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.String) return value.GetString();

        Fault($"has a {name} that is not a text");
        return null;
    }

    /// <summary>Empty when it is missing, which is a fault.</summary>
    public string Text(string name)
    {
        if (OptionalText(name) is { Length: > 0 } text) return text;

        // What is there and no text is a fault already.
        if (Member(name) is null or { ValueKind: JsonValueKind.String }) Fault($"has no {name}");
        return "";
    }

    /// <param name="parse">Null for a text that is not allowed.</param>
    public T? Parsed<T>(string name, string allowed, Func<string, T?> parse)
        where T : class
    {
        if (OptionalText(name) is not { } text) return null;
        if (parse(text) is { } value) return value;

        Fault($"has a {name} that is not allowed; it takes {allowed}");
        return null;
    }

    /// <summary>Null when there is no such member, or none that is allowed.</summary>
    public TimeSpan? Duration(string name, string min, string max)
    {
        if (OptionalText(name) is not { } text) return null;
        if (SettingsReader.ParseDuration(text, min, max) is { } value) return value;

        Fault($"has a {name} that is not {SettingsReader.DurationAllowed(min, max)}");
        return null;
    }

    public bool Flag(string name)
    {
        if (Member(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();

        Fault($"has a {name} that is neither true nor false");
        return false;
    }

    /// <param name="sentence">What is wrong, to follow the place, without a full stop.</param>
    public void Fault(string sentence) => faults.Add($"{where} {sentence}.");

    /// <summary>Once all members it may have were read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in members.Keys.Except(known))
            Fault($"has a member {name}, which is unknown; it takes {string.Join(", ", known.Distinct())}");
    }
}
