using System.Text;
using System.Text.Json;

namespace SqsAotLambda.Reading;

/// <summary>Reads the values of environment variables. An empty variable counts as absent.</summary>
internal sealed class Variables(IReadOnlyDictionary<string, string> environment) : ValueReader([])
{
    /// <summary>In characters, of a value shown in a fault.</summary>
    private const int MaxShown = 100;

    /// <summary>A secret whose variable is missing is no fault, because nothing will be sent.</summary>
    public bool WithoutSecrets { get; init; }

    /// <summary>False unless it is set.</summary>
    public bool Flag(string name) => OneOf(name, "false", "true") == "true";

    /// <summary>A variable that is no setting but is named by one; null when it is missing or empty.</summary>
    public string? Named(string variable) => TextOf(variable);

    public bool IsSet(string name) => TextOf(name) is not null;

    /// <summary>A JSON text, of which nothing is shown; null unless it is set, or when it is none.</summary>
    public JsonElement? Json(string name) => OptionalText(name) is { } text ? ParseJson(name, text) : null;

    /// <summary>
    /// The JSON of a file whose path, from the folder of the program, a setting names; null unless it is set, or when there is none.
    /// </summary>
    public JsonElement? JsonFile(string name)
    {
        if (OptionalText(name) is not { } path) return null;

        try
        {
            return ParseJson(name, File.ReadAllText(Path.Combine(AppContext.BaseDirectory, path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            Fault($"{name}={path} can't be read: {e.GetType().Name}. It takes a file's path from the folder of the package.");
            return null;
        }
    }

    public void Fault(string sentence) => Tell(sentence);

    public void Refuse(string name, string why)
    {
        if (IsSet(name)) Fault($"{name} is set: {why}.");
    }

    /// <summary>Once all that there are were read. Values of unknown names are not shown: they may hold a secret.</summary>
    public void RefuseUnknown(string prefix)
    {
        var known = string.Join(", ", Defaults.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (var name in environment.Keys.Order(StringComparer.Ordinal))
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && !Defaults.ContainsKey(name))
                Fault($"{name} is not a setting; the names that begin with {prefix} are {known}.");
        }
    }

    protected override string? TextOf(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    protected override void Refuse(string name, string text, string allowed) =>
        Fault($"{name}={(text.Length <= MaxShown ? text : text[..MaxShown] + "…")} is not allowed; it takes {allowed}.");

    private JsonElement? ParseJson(string name, string text)
    {
        text = ByteOrderMark.Skip(text);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (JsonText.IsWhole(Encoding.UTF8.GetBytes(text))) return json.RootElement.Clone();

            Fault($"{name} holds half a surrogate pair and so has no UTF-8 form.");
        }
        catch (JsonException e)
        {
            Fault($"{name} is not valid JSON at byte {e.BytePositionInLine} of line {e.LineNumber}.");
        }

        return null;
    }
}
