using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>
/// A request as a message describes it in its body. It is read strictly: of what two readers could understand differently nothing is taken.
/// Whether the request may be made, <see cref="MessageRule"/> decides.
/// </summary>
internal sealed class MessageRequest
{
    /// <summary>Of headers.</summary>
    private const int MaxHeaders = 100;

    /// <summary>In characters, of a name shown in a fault.</summary>
    private const int MaxShown = 100;

    private static readonly string[] Members = ["method", "url", "path", "headers", "query", "body"];

    private readonly HeaderLimit limit;
    private readonly HashSet<string> seen = [];
    private readonly List<(string Name, string Value)> headers = [];
    private readonly StringBuilder query = new();
    private bool holdsNoText;

    private MessageRequest(HeaderLimit limit) => this.limit = limit;

    /// <summary>One of <see cref="Route.Methods"/>; null: the route's.</summary>
    public string? Method { get; private set; }

    /// <summary>As it is written; null where there is a path, or neither.</summary>
    public string? Url { get; private set; }

    /// <summary>As it is written; null where there is a URL, or neither.</summary>
    public string? Path { get; private set; }

    /// <summary>Names are tokens, each there once; values are printable ASCII.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers => headers;

    /// <summary>Percent-encoded, without <c>?</c>; empty where there is none.</summary>
    public string Query => query.ToString();

    /// <summary>A string without its quotes and escapes, all else byte for byte; null where there is none.</summary>
    public ReadOnlyMemory<byte>? Body { get; private set; }

    /// <param name="limit">Of each header.</param>
    /// <param name="fault">What is wrong with the body.</param>
    public static bool TryRead(
        ReadOnlyMemory<byte> json, HeaderLimit limit, [NotNullWhen(true)] out MessageRequest? request, [NotNullWhen(false)] out string? fault)
    {
        request = new(limit);
        try
        {
            fault = request.Read(ByteOrderMark.Skip(json));
        }
        catch (JsonException)
        {
            fault = "the body is not JSON of at most 64 levels";
        }

        if (request.holdsNoText) fault = "the body holds a text that has no UTF-8 form";
        if (fault is not null) request = null;
        return request is not null;
    }

    private string? Read(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType is not JsonTokenType.StartObject) return "the body is not a JSON object";

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (ReadMember(ref reader, json) is { } fault) return fault;
        }

        // Throws where something follows.
        reader.Read();
        return Url is not null && Path is not null ? "the body has both a url and a path" : null;
    }

    private string? ReadMember(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (NameOf(ref reader, MaxShown) is not { } name) return UnknownMember(Start(reader.ValueSpan));
        if (!seen.Add(name)) return $"the body has two members named {Shown(name)}";

        reader.Read();
        switch (name)
        {
            case "method":
                Method = TextOf(ref reader, MaxShown);
                return Route.Methods.Contains(Method) ? null : $"method is none of {string.Join(", ", Route.Methods)}";
            case "url":
                Url = TextOf(ref reader, UrlTemplate.MaxLength);
                return Url is null ? FaultOf(ref reader, "url is not a text", UrlTemplate.TooLong) : null;
            case "path":
                Path = TextOf(ref reader, UrlTemplate.MaxLength);
                return Path is null ? FaultOf(ref reader, "path is not a text", UrlTemplate.TooLong) : null;
            case "headers":
                return ReadHeaders(ref reader);
            case "query":
                return ReadQuery(ref reader);
            case "body":
                Body = ReadBody(ref reader, json);
                return null;
            default:
                return UnknownMember(Shown(name));
        }
    }

    private string? ReadHeaders(ref Utf8JsonReader reader)
    {
        const string NoTexts = "headers is not an object of texts";
        if (reader.TokenType is not JsonTokenType.StartObject) return NoTexts;

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (NameOf(ref reader, limit.Max) is not { } name) return limit.FaultOf(Start(reader.ValueSpan));
            if (!HeaderText.IsToken(name)) return $"{Shown(name)} is not a name of a header";
            if (!names.Add(name)) return $"headers has two named {Shown(name)}";
            if (names.Count > MaxHeaders) return $"headers has more than {MaxHeaders}";

            reader.Read();
            if (TextOf(ref reader, limit.Max)?.Trim(' ') is not { } value) return FaultOf(ref reader, NoTexts, limit.FaultOf(Shown(name)));
            if (!HeaderText.IsPrintable(value)) return $"the header {Shown(name)} is not printable ASCII";
            if (!limit.Allows(name, value)) return limit.FaultOf(Shown(name));

            headers.Add((name, value));
        }

        return null;
    }

    private string? ReadQuery(ref Utf8JsonReader reader)
    {
        const string NoTexts = "query is not an object of texts and arrays of texts";
        if (reader.TokenType is not JsonTokenType.StartObject) return NoTexts;

        var names = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            if (NameOf(ref reader, UrlTemplate.MaxLength) is not { } name) return UrlTemplate.TooLong;
            if (!names.Add(name)) return $"query has two members named {Shown(name)}";
            // One without values adds nothing to the URL, but is kept here.
            if (names.Count > UrlTemplate.MaxLength) return UrlTemplate.TooLong;

            reader.Read();
            var isList = reader.TokenType is JsonTokenType.StartArray;
            if (isList) reader.Read();
            for (; reader.TokenType is not JsonTokenType.EndArray; reader.Read())
            {
                if (TextOf(ref reader, UrlTemplate.MaxLength) is not { } value) return FaultOf(ref reader, NoTexts, UrlTemplate.TooLong);
                if (!TryAddQuery(name, value)) return UrlTemplate.TooLong;
                if (!isList) break;
            }
        }

        return null;
    }

    private bool TryAddQuery(string name, string value)
    {
        if (name.Length + value.Length > UrlTemplate.MaxLength) return false;

        if (query.Length > 0) query.Append('&');
        query.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return query.Length <= UrlTemplate.MaxLength;
    }

    private ReadOnlyMemory<byte> ReadBody(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        if (reader.TokenType is not JsonTokenType.String) return json[start..(int)reader.BytesConsumed];
        if (!reader.ValueIsEscaped) return json.Slice(start + 1, reader.ValueSpan.Length);

        var text = LargeBuffers.New(reader.ValueSpan.Length);
        return text.AsMemory(0, Taken(JsonText.Copy(ref reader, text)) ?? 0);
    }

    /// <summary>Null for what is no string, and for one that certainly has more than so many characters.</summary>
    private string? TextOf(ref Utf8JsonReader reader, int max) =>
        reader.TokenType is JsonTokenType.String && reader.ValueSpan.Length <= JsonString.MaxEscape * max ? Taken(JsonText.Of(ref reader)) : null;

    /// <summary>Why <see cref="TextOf"/> gave none.</summary>
    private static string FaultOf(ref Utf8JsonReader reader, string noText, string tooLong) =>
        reader.TokenType is JsonTokenType.String ? tooLong : noText;

    /// <summary>Null for one that certainly has more than so many characters.</summary>
    private string? NameOf(ref Utf8JsonReader reader, int max) =>
        reader.ValueSpan.Length <= JsonString.MaxEscape * max ? Taken(JsonText.Of(ref reader)) : null;

    /// <summary>What was read, or null, which the whole request then fails for.</summary>
    private T? Taken<T>(T? read)
    {
        holdsNoText |= read is null;
        return read;
    }

    private static string UnknownMember(string shown) => $"the body has a member {shown}, which is unknown; it takes {string.Join(", ", Members)}";

    /// <summary>Of a long name, as it is written.</summary>
    private static string Start(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, MaxShown)]) + "…";

    private static string Shown(string name) => name.Length <= MaxShown ? name : name[..MaxShown] + "…";
}
