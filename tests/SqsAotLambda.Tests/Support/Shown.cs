using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SqsAotLambda.Tests.Support;

/// <summary>Inputs as the message of a failing test has them: in quotes, with escapes for whatever can't be seen.</summary>
internal static class Shown
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(string text) => JsonSerializer.Serialize(text, Relaxed);

    /// <summary>A character each.</summary>
    public static string Bytes(ReadOnlySpan<byte> bytes) => Text(Encoding.Latin1.GetString(bytes));
}
