using System.Globalization;
using System.Text.Json;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Sqs;

/// <summary>
/// Points at one value in a JSON text: <see href="https://www.rfc-editor.org/rfc/rfc6901">RFC 6901</see>. A step of ours that ends in
/// <c>~json</c> reads a string as the JSON that it holds, a last one that ends in <c>~form</c> a string that is form-encoded.
/// </summary>
internal sealed class JsonPointer
{
    private const string AsJson = "~json", AsForm = "~form";

    private readonly string[] steps;

    private JsonPointer(string text, JsonPointer? outer, IEnumerable<string> steps, bool isForm = false) =>
        (Text, Outer, this.steps, IsForm) = (text, outer, [.. steps], isForm);

    /// <summary>As it is written.</summary>
    public string Text { get; }

    /// <summary>Points at the string whose JSON this one is for; null: it is for the text itself.</summary>
    public JsonPointer? Outer { get; }

    /// <summary>The value is a string that is form-encoded.</summary>
    public bool IsForm { get; }

    /// <summary>
    /// Null when the text is not a pointer: each step begins with a slash, <c>~</c> stands only in <c>~0</c>, <c>~1</c>, and before <c>json</c> or,
    /// at the end, <c>form</c>.
    /// </summary>
    public static JsonPointer? TryParse(string text)
    {
        if (text.Length > 0 && text[0] != '/') return null;

        var (outer, steps, end) = (default(JsonPointer), new List<string>(), 0);
        foreach (var step in text.Split('/').Skip(1))
        {
            end += 1 + step.Length;
            var isForm = step.EndsWith(AsForm, StringComparison.Ordinal);
            var isJson = step.EndsWith(AsJson, StringComparison.Ordinal);
            var name = isForm || isJson ? step[..^AsJson.Length] : step;
            if (!IsEscaped(name)) return null;

            steps.Add(Unescape(name));
            if (isForm) return end == text.Length ? new(text, outer, steps, isForm) : null;
            if (isJson) (outer, steps) = (new(text[..(end - AsJson.Length)], outer, steps), []);
        }

        return new(text, outer, steps);
    }

    /// <summary>
    /// The value pointed at, byte for byte, without the text's byte order mark; empty when there is none, or the bytes before its end are not JSON.
    /// </summary>
    /// <param name="json">The text that the steps are for.</param>
    public ReadOnlyMemory<byte> Find(ReadOnlyMemory<byte> json)
    {
        json = ByteOrderMark.Skip(json);
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            if (!reader.Read()) return default;

            foreach (var step in steps)
            {
                if (!Enter(ref reader, step)) return default;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return json[start..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static bool IsEscaped(string step) =>
        !step.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~');

    private static bool Enter(ref Utf8JsonReader reader, string step) => reader.TokenType switch
    {
        JsonTokenType.StartObject => EnterProperty(ref reader, step),
        JsonTokenType.StartArray => EnterElement(ref reader, step),
        _ => false,
    };

    private static bool EnterProperty(ref Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (JsonText.Is(ref reader, name) is not { } isIt) return false;
            if (isIt) return reader.Read();

            reader.Skip();
        }

        return false;
    }

    private static bool EnterElement(ref Utf8JsonReader reader, string step)
    {
        var isIndex = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && (step is "0" || step[0] != '0');
        if (!isIndex) return false;

        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index--)
        {
            if (index == 0) return true;

            reader.Skip();
        }

        return false;
    }

    /// <summary>In this order, or <c>~01</c> would become a slash.</summary>
    private static string Unescape(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
