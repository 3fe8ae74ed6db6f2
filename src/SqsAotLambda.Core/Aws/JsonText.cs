using System.Text.Json;

namespace SqsAotLambda.Aws;

/// <summary>Reads texts of answers that may be anything.</summary>
internal static class JsonText
{
    /// <summary>Null where there is no such member, it is no text, or half a surrogate pair keeps it from being one.</summary>
    public static string? Member(JsonElement json, string name) =>
        Read(json, name, member => member.ValueKind is JsonValueKind.String ? member.GetString() : null);

    /// <summary>That of an object inside; null as for <see cref="Member(JsonElement, string)"/>.</summary>
    public static string? Member(JsonElement json, string outer, string name) => Read(json, outer, member => Member(member, name));

    /// <summary>The text of a number, or a text; null as for <see cref="Member(JsonElement, string)"/>.</summary>
    public static string? NumberMember(JsonElement json, string name) =>
        Read(json, name, member => member.ValueKind switch
        {
            JsonValueKind.Number => member.GetRawText(),
            JsonValueKind.String => member.GetString(),
            _ => "",
        });

    /// <summary>The elements of an array; none where there is no such member, or it is no array.</summary>
    public static IEnumerable<JsonElement> ArrayMember(JsonElement json, string name) =>
        Read<JsonElement?>(json, name, member => member.ValueKind is JsonValueKind.Array ? member : null) is { } array ? array.EnumerateArray() : [];

    private static T? Read<T>(JsonElement json, string name, Func<JsonElement, T?> read)
    {
        try
        {
            return json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var member) ? read(member) : default;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }
}
