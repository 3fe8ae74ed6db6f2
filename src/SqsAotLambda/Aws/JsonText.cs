using System.Text.Json;

namespace SqsAotLambda.Aws;

/// <summary>Reads texts of answers that may be anything.</summary>
internal static class JsonText
{
    /// <summary>Null where there is no such member, it is no text, or half a surrogate pair keeps it from being one.</summary>
    public static string? Member(JsonElement json, string name)
    {
        try
        {
            return json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.String
                ? member.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
