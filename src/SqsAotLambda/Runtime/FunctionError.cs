using System.Buffers;
using System.Text.Json;

namespace SqsAotLambda.Runtime;

/// <summary>Why an invocation, or init, failed, in the form Lambda shows to people.</summary>
/// <param name="Type">For example <c>Function.InvalidEventException</c>.</param>
internal sealed record FunctionError(string Type, string Message, string? StackTrace = null)
{
    /// <summary>In characters. The Runtime API takes 256 KB in all, and JSON may need six bytes a character.</summary>
    private const int MaxText = 16 * 1024;

    public static FunctionError From(Exception exception) =>
        new($"Function.{exception.GetType().Name}", exception.Message, exception.StackTrace);

    public ReadOnlySpan<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("errorMessage", Cut(Message));
            json.WriteString("errorType", Type);
            json.WriteStartArray("stackTrace");
            if (StackTrace is not null)
            {
                foreach (var frame in Cut(StackTrace).EnumerateLines()) json.WriteStringValue(frame.Trim());
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    private static ReadOnlySpan<char> Cut(string text) => text.AsSpan(0, Math.Min(text.Length, MaxText));
}
