using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// A body made of a message: a text with expressions, or a JSON value whose strings may have them. A string that is one
/// expression and nothing else takes the JSON value of it, byte for byte.
/// </summary>
internal sealed class BodyTemplate
{
    /// <summary>In bytes, unless the message is longer than half of it: what SQS takes. Ten of them are in memory at once.</summary>
    private const int MaxLength = 1024 * 1024;

    private readonly List<Part> parts = [];

    private BodyTemplate() { }

    /// <summary>How a value is written into the body.</summary>
    private enum Form
    {
        /// <summary>As it is; a JSON object or array as JSON.</summary>
        Text,

        /// <summary>Inside a JSON string.</summary>
        JsonText,

        Json,
    }

    /// <summary>Null when a string of it is not <see cref="Template.Allowed"/>.</summary>
    public static BodyTemplate? TryParse(JsonElement json)
    {
        var body = new BodyTemplate();
        if (json.ValueKind is not JsonValueKind.String) return body.TryAddJson(Encoding.UTF8.GetBytes(json.GetRawText())) ? body : null;
        if (Template.TryParse(json.GetString()!) is not { } template) return null;

        foreach (var (literal, expression) in template.Parts) body.parts.Add(new(Encoding.UTF8.GetBytes(literal), expression, Form.Text));
        return body;
    }

    /// <param name="fault">What a message lacks for it, or why it would be too much.</param>
    public bool TryFill(Message message, out ReadOnlyMemory<byte> body, [NotNullWhen(false)] out string? fault)
    {
        body = default;
        var most = 0L;
        foreach (var part in parts) most += part.Literal.Length + MostOf(part, message);
        if (most > Math.Max(MaxLength, 2L * message.Body.Length))
        {
            fault = $"the body would be longer than {MaxLength} bytes, and than twice the message";
            return false;
        }

        fault = null;
        var buffer = LargeBuffers.New((int)most);
        var length = 0;
        foreach (var part in parts)
        {
            part.Literal.CopyTo(buffer.AsSpan(length));
            length += part.Literal.Length;
            if (part.Expression is not { } expression) continue;

            if (Write(expression, part.Form, message, buffer.AsSpan(length)) is not { } written)
            {
                fault = $"{{{expression.Text}}} is missing";
                return false;
            }

            length += written;
        }

        body = buffer.AsMemory(0, length);
        return true;
    }

    /// <summary>In bytes, of the value that follows a literal, as it is written at most.</summary>
    private static long MostOf(Part part, Message message)
    {
        if (part.Expression is not { } expression) return 0;
        if (expression.IsJson) return expression.JsonOf(message).Length;
        if (expression.TextOf(message) is not { } text) return 0;

        return part.Form is Form.Text ? Encoding.UTF8.GetByteCount(text) : JsonString.LengthOf(text) + 2;
    }

    /// <returns>How many bytes; null where the message has no such value.</returns>
    private static int? Write(Expression expression, Form form, Message message, Span<byte> to)
    {
        if (expression.IsJson) return WriteJson(expression.JsonOf(message).Span, form, to);
        if (expression.TextOf(message) is not { } text) return null;
        if (form is Form.Text || (form is Form.Json && expression.IsCount)) return Encoding.UTF8.GetBytes(text, to);

        if (form is Form.JsonText) return JsonString.Write(text, to);

        var length = JsonString.Write(text, to[1..]);
        (to[0], to[length + 1]) = ((byte)'"', (byte)'"');
        return length + 2;
    }

    private static int? WriteJson(ReadOnlySpan<byte> json, Form form, Span<byte> to)
    {
        if (json.IsEmpty) return null;
        if (form is not Form.Json)
        {
            if (json[0] == 'n' || (form is Form.JsonText && json[0] is (byte)'{' or (byte)'[')) return null;
            if (json[0] == '"') return WriteString(json, form, to);
        }

        json.CopyTo(to);
        return json.Length;
    }

    private static int? WriteString(ReadOnlySpan<byte> json, Form form, Span<byte> to)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (JsonText.Copy(ref reader, to) is not { } length) return null;
        if (form is Form.Text) return length;

        // In a string of JSON it stays as it was in one.
        json[1..^1].CopyTo(to);
        return json.Length - 2;
    }

    /// <summary>All but the strings stays as it is written.</summary>
    private bool TryAddJson(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        var done = 0;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.String) continue;
            if (Template.TryParse(reader.GetString()!) is not { } template) return false;

            parts.Add(new(json[done..(int)reader.TokenStartIndex], null, Form.Json));
            AddString(template);
            done = (int)reader.BytesConsumed;
        }

        parts.Add(new(json[done..], null, Form.Json));
        return true;
    }

    private void AddString(Template template)
    {
        if (template.Parts is [{ Literal: "", Expression: { } whole }])
        {
            parts.Add(new([], whole, Form.Json));
            return;
        }

        parts.Add(new([(byte)'"'], null, Form.Json));
        foreach (var (literal, expression) in template.Parts) parts.Add(new(Encode(literal).ToArray(), expression, Form.JsonText));
        parts.Add(new([(byte)'"'], null, Form.Json));
    }

    private static ReadOnlySpan<byte> Encode(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;

    private readonly record struct Part(byte[] Literal, Expression? Expression, Form Form);
}
