using System.Text.Json;

namespace SqsAotLambda.Reading;

/// <summary>Reads the members of a JSON object. Their values are not shown: they may hold a secret.</summary>
internal sealed class Members : ValueReader
{
    private readonly string where;
    private readonly Dictionary<string, JsonElement> members = [];

    /// <param name="where">What a fault begins with.</param>
    public Members(JsonElement json, string where, List<string> faults)
        : base(faults)
    {
        this.where = where;
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

    /// <summary>Members that are read later and that faults list here.</summary>
    public void ReadLater(params string[] names) => Array.ForEach(names, name => Know(name, ""));

    /// <summary>Null when there is no such member.</summary>
    public JsonElement? Member(string name)
    {
        Know(name, "");
        return members.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>Empty when it is missing, which is a fault.</summary>
    public string Text(string name)
    {
        if (OptionalText(name) is { Length: > 0 } text) return text;

        // What is there and no text is a fault already.
        if (Member(name) is null or { ValueKind: JsonValueKind.String }) Fault($"has no {name}");
        return "";
    }

    /// <summary>Null when it is missing or not allowed, which is a fault.</summary>
    /// <inheritdoc cref="ValueReader.Parsed{T}(string, string, Func{string, T})"/>
    public T? Required<T>(string name, string allowed, Func<string, T?> parse) => Text(name).Length == 0 ? default : Parsed(name, allowed, parse);

    /// <summary>False unless there is such a member.</summary>
    public bool Flag(string name) => OptionalFlag(name) ?? false;

    /// <summary>Null when it is missing, or neither true nor false, which is a fault.</summary>
    public bool? OptionalFlag(string name)
    {
        if (Member(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();

        Fault($"has a {name} that is neither true nor false");
        return null;
    }

    /// <summary>The texts of a list, empty in the place of anything else; none when there is no such member, or it is no such list.</summary>
    /// <param name="max">Elements.</param>
    public IReadOnlyList<string> List(string name, int max)
    {
        if (Member(name) is not { } list) return [];
        if (list.ValueKind is JsonValueKind.Array && list.GetArrayLength() is var length && length > 0 && length <= max)
            return [.. list.EnumerateArray().Select(each => each.ValueKind is JsonValueKind.String ? each.GetString()! : "")];

        Fault($"has {name} that are not a list of 1 to {max}");
        return [];
    }

    /// <summary>The members of an object; none when there is no such member, or it is no object.</summary>
    /// <param name="name">In the plural, such as headers.</param>
    public IEnumerable<JsonProperty> Entries(string name)
    {
        if (Member(name) is not { } json) return [];
        if (json.ValueKind is JsonValueKind.Object) return json.EnumerateObject();

        Fault($"has {name} that are not a JSON object");
        return [];
    }

    /// <param name="what">What is wrong, to follow the place, without a full stop.</param>
    public void Fault(string what) => Tell($"{where} {what}.");

    /// <summary>Once all members it may have were read.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in members.Keys.Except(Defaults.Keys))
            Fault($"has a member {name}, which is unknown; it takes {string.Join(", ", Defaults.Keys)}");
    }

    protected override string? TextOf(string name)
    {
        if (!members.TryGetValue(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.String) return value.GetString();

        Fault($"has a {name} that is not a text");
        return null;
    }

    protected override void Refuse(string name, string text, string allowed) => Fault($"has a {name} that is not allowed; it takes {allowed}");
}
