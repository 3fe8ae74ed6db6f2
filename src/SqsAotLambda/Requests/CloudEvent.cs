using System.Buffers;
using System.Globalization;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// Makes a request a CloudEvent in
/// <see href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode">binary mode</see>:
/// the body is its data, the Content-Type its datacontenttype, and all else stands in headers.
/// </summary>
internal static class CloudEvent
{
    public const string DefaultType = "com.amazon.sqs.message";

    public const string TypeAllowed = "printable ASCII without spaces, \" and %, such as com.example.order";

    /// <summary>In characters, of an extension's name: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions.</summary>
    private const int MaxName = 20;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>What the specification has a meaning for; no message attribute goes by such a name.</summary>
    private static readonly string[] Taken = ["id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time", "data"];

    public static bool IsType(string text) => HeaderText.EncodeForCloudEvents(text) == text;

    /// <summary>A Content-Type by which receivers take the event from the body, and the headers for nothing.</summary>
    public static bool IsInBody(string contentType) => contentType.StartsWith("application/cloudevents", StringComparison.OrdinalIgnoreCase);

    public static void Add(Request request, Message message, string type)
    {
        Add(request, "specversion", "1.0");
        Add(request, "id", message.FirstId);
        if (message.Queue is { IsKnown: true, Arn: var source }) Add(request, "source", source);
        Add(request, "type", type);
        if (message.SentAt is { } at) Add(request, "time", at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (message.GroupId is { Length: > 0 } group) Add(request, "subject", group);
        foreach (var attribute in message.Attributes)
        {
            if (attribute.Text is { } text && attribute.Name != DeadLetter.AttributeName) AddExtension(request, attribute.Name, text);
        }
    }

    /// <summary>Of two names that differ in their case alone the first counts.</summary>
    private static void AddExtension(Request request, string attribute, string text)
    {
        if (attribute.Length is 0 or > MaxName || attribute.AsSpan().ContainsAnyExcept(NameCharacters)) return;

        var name = attribute.ToLowerInvariant();
        if (!Taken.Contains(name) && request.Find(HeaderNames.CloudEventPrefix + name) is null) Add(request, name, text);
    }

    private static void Add(Request request, string name, string value) =>
        request.Add(HeaderNames.CloudEventPrefix + name, HeaderText.EncodeForCloudEvents(value));
}
