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

    /// <summary>In characters, of a value that is no text.</summary>
    private const int MaxOther = 1000;

    /// <summary>That a decimal surely holds.</summary>
    private const int MaxDigits = 28;

    public static Condition Always { get; } = new(_ => true);

    public bool Holds(Message message) => holds(message);

    public override string ToString() => text;

    /// <summary>Null when the JSON is not <see cref="Allowed"/>.</summary>
    public static Condition? TryParse(Expression expression, JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Array => TryParseList(expression, json),
        JsonValueKind.Object => TryParseTest(expression, json),
        _ => IsOneOf(expression, [json]),
    };

    private static Condition? TryParseList(Expression expression, JsonElement list)
    {
        var values = new List<JsonElement>();
        foreach (var value in list.EnumerateArray())
        {
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array) return null;

            values.Add(value);
        }

        return IsOneOf(expression, values);
    }

    private static Condition? TryParseTest(Expression expression, JsonElement json)
    {
        if (json.GetPropertyCount() != 1) return null;
        if (json.TryGetProperty("prefix", out var prefix) && prefix.ValueKind is JsonValueKind.String && prefix.GetString()! is var start)
            return new(message => StartsWith(expression, message, start));
        if (json.TryGetProperty("exists", out var exists) && exists.ValueKind is JsonValueKind.True or JsonValueKind.False
            && exists.GetBoolean() is var wanted)
            return new(message => Exists(expression, message) == wanted);

        return null;
    }

    /// <summary>Of the same type: the text <c>"5"</c> is not the number <c>5</c>. An attribute is always a text.</summary>
    private static Condition IsOneOf(Expression expression, List<JsonElement> values)
    {
        var texts = new TextSet([.. values.Where(value => value.ValueKind is JsonValueKind.String).Select(value => value.GetString()!)]);
        HashSet<string> others =
            [.. values.Where(value => value.ValueKind is not JsonValueKind.String).Select(value => Canonical(value.GetRawText()))];
        if (!expression.IsJson) return new(message => expression.TextOf(message) is { } text && texts.Contains(text));

        return new(message =>
        {
            var json = expression.JsonOf(message).Span;
            if (json.IsEmpty) return false;
            if (json[0] == '"') return texts.Contains(json);

            return others.Count > 0 && json.Length <= MaxOther && others.Contains(Canonical(Encoding.UTF8.GetString(json)));
        });
    }

    private static bool Exists(Expression expression, Message message) =>
        expression.IsJson ? !expression.JsonOf(message).IsEmpty : expression.TextOf(message) is not null;

    private static bool StartsWith(Expression expression, Message message, string start)
    {
        if (!expression.IsJson) return expression.TextOf(message)?.StartsWith(start, StringComparison.Ordinal) is true;

        var json = expression.JsonOf(message).Span;
        return !json.IsEmpty && json[0] == '"' && JsonString.StartsWith(json, start);
    }

    /// <summary>
    /// One text for numbers of one value. A number that a decimal does not hold exactly is equal only to one written alike.
    /// </summary>
    private static string Canonical(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var mantissa = exponentAt < 0 ? json : json[..exponentAt];
        var digits = mantissa.Count(char.IsAsciiDigit);
        var isExact = digits <= MaxDigits && decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            && (exponentAt < 0 || IsSmall(json.AsSpan(exponentAt + 1), MaxDigits - digits));
        if (!isExact || !char.IsAsciiDigit(json[^1])) return json;

        // Divided by a 1 with as many zeros as there can be, a decimal loses those at its end.
        var shortest = decimal.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture) / 1.0000000000000000000000000000m;
        return shortest.ToString(CultureInfo.InvariantCulture);
    }

    private static bool IsSmall(ReadOnlySpan<char> exponent, int max) =>
        int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) <= max;
}
