using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// A body made of a message: a text with expressions, or a JSON value whose strings may have them. A string that is one
/// expression and nothing else takes the JSON value of it, byte for byte.
/// </summary>
internal sealed class BodyTemplate
{
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

    /// <param name="fault">What a message lacks for it.</param>
    public bool TryFill(Message message, out ReadOnlyMemory<byte> body, [NotNullWhen(false)] out string? fault)
    {
        var buffer = new ArrayBufferWriter<byte>();
        (body, fault) = (default, null);
        foreach (var (literal, expression, form) in parts)
        {
            buffer.Write(literal);
            if (expression is null || TryWrite(buffer, expression, form, message)) continue;

            fault = $"{{{expression.Text}}} is missing";
            return false;
        }

        body = buffer.WrittenMemory;
        return true;
    }

    private static bool TryWrite(ArrayBufferWriter<byte> buffer, Expression expression, Form form, Message message)
    {
        var json = form is Form.JsonText ? default : expression.JsonOf(message);
        if (form is Form.Json || (!json.IsEmpty && json.Span[0] is (byte)'{' or (byte)'['))
        {
            buffer.Write(json.Span);
            return !json.IsEmpty;
        }

        if (expression.TextOf(message) is not { } text) return false;

        if (form is Form.Text) Encoding.UTF8.GetBytes(text, buffer);
        else buffer.Write(Encode(text));
        return true;
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

    private static ReadOnlySpan<byte> Encode(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes;

    private readonly record struct Part(byte[] Literal, Expression? Expression, Form Form);
}
