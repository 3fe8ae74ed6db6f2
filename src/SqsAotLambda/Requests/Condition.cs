using System.Text.Json;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>What a message must be like for a route to take it.</summary>
/// <param name="text">As it is written.</param>
internal sealed class Condition(Func<Message, bool> holds, string text = "")
{
    /// <summary>Of one value of <c>when</c>.</summary>
    public const string Allowed = """a value, a list of values, {"prefix": "text"} or {"exists": true or false}""";

    public static Condition Always { get; } = new(_ => true);

    public bool Holds(Message message) => holds(message);

    public override string ToString() => text;

    public static Condition All(IReadOnlyList<Condition> conditions, string text) => new(message => conditions.All(each => each.Holds(message)), text);

    public static Condition Not(Condition condition) => new(message => !condition.Holds(message));

    /// <summary>Null when the JSON is not <see cref="Allowed"/>.</summary>
    public static Condition? TryParse(Expression expression, JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Array)
            return json.EnumerateArray().All(IsValue) ? new(message => json.EnumerateArray().Any(value => Equal(expression, message, value))) : null;
        if (json.ValueKind is not JsonValueKind.Object) return new(message => Equal(expression, message, json));
        if (json.EnumerateObject().ToList() is not [var test]) return null;

        return test switch
        {
            { Name: "prefix", Value.ValueKind: JsonValueKind.String } when test.Value.GetString()! is var prefix =>
                new(message => StringOf(expression, message)?.StartsWith(prefix, StringComparison.Ordinal) is true),
            { Name: "exists", Value.ValueKind: JsonValueKind.True } => new(message => !expression.JsonOf(message).IsEmpty),
            { Name: "exists", Value.ValueKind: JsonValueKind.False } => new(message => expression.JsonOf(message).IsEmpty),
            _ => null,
        };
    }

    private static bool IsValue(JsonElement json) => json.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    /// <summary>Of the same type: the text <c>"5"</c> is not the number <c>5</c>. An attribute is always a text.</summary>
    private static bool Equal(Expression expression, Message message, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String) return StringOf(expression, message) == value.GetString();

        var json = expression.JsonOf(message);
        if (json.IsEmpty || json.Span[0] is (byte)'"' or (byte)'{' or (byte)'[') return false;

        using var found = JsonDocument.Parse(json);
        return JsonElement.DeepEquals(found.RootElement, value);
    }

    private static string? StringOf(Expression expression, Message message) =>
        expression.JsonOf(message) is { IsEmpty: false } json && json.Span[0] == '"' ? expression.TextOf(message) : null;
}
