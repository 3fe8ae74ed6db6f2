using System.Globalization;
using System.Text;
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

    /// <summary>Null when the JSON is not <see cref="Allowed"/>.</summary>
    public static Condition? TryParse(Expression expression, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => TryParseList(expression, json),
        JsonValueKind.Object => TryParseTest(expression, json),
        _ => new(message => Equal(expression, message, json)),
    };

    private static Condition? TryParseList(Expression expression, JsonElement list)
    {
        var any = new List<Condition>();
        foreach (var value in list.EnumerateArray())
        {
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) return null;

            any.Add(new(message => Equal(expression, message, value)));
        }

        return new(message => any.Exists(value => value.Holds(message)));
    }

    private static Condition? TryParseTest(Expression expression, JsonElement json)
    {
        if (json.GetPropertyCount() != 1) return null;
        if (json.TryGetProperty("prefix", out var prefix) && prefix.ValueKind is JsonValueKind.String)
            return new(message => StringOf(expression, message)?.StartsWith(prefix.GetString()!, StringComparison.Ordinal) is true);
        if (json.TryGetProperty("exists", out var exists) && exists.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return new(message => expression.JsonOf(message).IsEmpty != exists.GetBoolean());

        return null;
    }

    /// <summary>Of the same type: the text <c>"5"</c> is not the number <c>5</c>. An attribute is always a text.</summary>
    private static bool Equal(Expression expression, Message message, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.String) return StringOf(expression, message) == value.GetString();

        var json = expression.JsonOf(message);
        if (json.IsEmpty || json.Span[0] is (byte)'"' or (byte)'{' or (byte)'[') return false;

        var (found, wanted) = (Encoding.UTF8.GetString(json.Span), value.GetRawText());
        return found == wanted || (value.ValueKind is JsonValueKind.Number && NumberOf(found) is { } number && number == NumberOf(wanted));
    }

    /// <summary>Null for a number that is too large or long for it, which is equal only to one written alike.</summary>
    private static decimal? NumberOf(string json) => decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? StringOf(Expression expression, Message message) =>
        expression.JsonOf(message) is { IsEmpty: false } json && json.Span[0] == '"' ? expression.TextOf(message) : null;
}
