using System.Buffers;
using System.Globalization;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// Makes a request a CloudEvent in
/// <see href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode">binary
/// mode</see>:
/// the body is its data, the Content-Type its datacontenttype, and all else stands in headers.
/// </summary>
internal static class CloudEvent
{
    public const string DefaultType = "com.amazon.sqs.message";

    public const string TypeAllowed = "printable ASCII without spaces, \" and %, such as com.example.order";

    /// <summary>
    /// In characters, of an extension's name: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions.
    /// </summary>
    private const int MaxName = 20;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>What the specification has a meaning for; no message attribute goes by such a name.</summary>
    private static readonly string[] Taken = ["id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time", "data"];

    public static bool IsType(string text) => HeaderText.EncodeForCloudEvents(text) == text;

    /// <summary>A Content-Type by which receivers take the event from the body, and the headers for nothing.</summary>
    public static bool IsInBody(string contentType) => contentType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase);

    /// <returns>Why the request can't be an event; null: it is one.</returns>
    public static string? Add(Request request, Message message, string type, HeaderLimit limit)
    {
        request.Add("ce-specversion", "1.0");
        if (limit.Add(request, "ce-id", message.FirstId) is { } fault) return fault;
        if (message.Queue is { IsKnown: true, Arn: var source } && limit.Add(request, "ce-source", source) is { } sourceFault) return sourceFault;
        if (limit.Add(request, "ce-type", type) is { } typeFault) return typeFault;
        if (message.SentAt is { } at) limit.Repeat(request, "ce-time", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (message.GroupId is { Length: > 0 } group) limit.Repeat(request, "ce-subject", group);
        foreach (var attribute in message.Attributes)
        {
            if (attribute.Text is { } text && attribute.Name != DeadLetter.AttributeName) AddExtension(request, attribute.Name, text, limit);
        }

        return null;
    }

    /// <summary>Of two names that differ in their case alone the first counts.</summary>
    private static void AddExtension(Request request, string attribute, string text, HeaderLimit limit)
    {
        if (attribute.Length is 0 or > MaxName || attribute.AsSpan().ContainsAnyExcept(NameCharacters)) return;

        var name = attribute.ToLowerInvariant();
        if (Taken.Contains(name)) return;

        name = HeaderNames.CloudEventPrefix + name;
        if (request.Find(name) is not null) return;
        if (IsText(text)) limit.Repeat(request, name, text);
        else request.LeaveOut(name);
    }

    /// <summary>
    /// A text that an event may have: receivers refuse the whole event for another.
    /// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system
    /// </summary>
    private static bool IsText(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var isCharacter = rune.Value is not (>= 0xfdd0 and <= 0xfdef) && (rune.Value & 0xfffe) != 0xfffe;
            if (Rune.IsControl(rune) || !isCharacter) return false;
        }

        return true;
    }
}
