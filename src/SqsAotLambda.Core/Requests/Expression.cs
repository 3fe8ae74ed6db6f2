using System.Globalization;
using System.Text;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>Names one value of a message, such as <c>attribute:tenant</c> or <c>body:/order/id</c>.</summary>
/// <param name="Text">As it is written, without braces.</param>
internal sealed record Expression(string Text)
{
    public const string Allowed = "messageId, groupId, queue, receiveCount, attribute:NAME or body:/json/pointer";

    private const string Attribute = "attribute:", Body = "body:";

    private readonly JsonPointer? pointer;
    private readonly Func<Message, string?>? text;

    private Expression(string text, Func<Message, string?> find)
        : this(text) => this.text = find;

    private Expression(string text, JsonPointer pointer)
        : this(text) => this.pointer = pointer;

    /// <summary>It points at JSON of the body.</summary>
    public bool IsJson => pointer is not null;

    /// <summary>As JSON it is a number, though it is none of the body.</summary>
    public bool IsCount => Text == "receiveCount";

    /// <summary>Null when the text is none of <see cref="Allowed"/>.</summary>
    public static Expression? TryParse(string text) => text switch
    {
        "messageId" => new(text, message => message.Id),
        "groupId" => new(text, message => message.GroupId),
        "queue" => new(text, message => message.Queue.Name is { Length: > 0 } name ? name : null),
        "receiveCount" => new(text, message => message.ReceiveCount?.ToString(CultureInfo.InvariantCulture)),
        _ when text.StartsWith(Attribute, StringComparison.Ordinal) && text[Attribute.Length..] is { Length: > 0 } name =>
            new(text, message => message.Attribute(name)),
        _ when text.StartsWith(Body, StringComparison.Ordinal) && JsonPointer.TryParse(text[Body.Length..]) is { } pointer => new(text, pointer),
        _ => null,
    };

    /// <summary>
    /// The value as text: a string of the body without its escapes, a number or boolean as it stands; null where the message has
    /// nothing of the kind.
    /// </summary>
    public string? TextOf(Message message) => pointer is null ? text!(message) : TextOf(message.ValueAt(pointer).Span);

    /// <summary>
    /// The value as text certainly has more than so many bytes of UTF-8, without outer spaces. Texts are made only of values that may be
    /// short enough for their use.
    /// </summary>
    public bool IsLonger(Message message, int bytes)
    {
        if (pointer is null) return text!(message) is { } value && value.AsSpan().Trim(' ').Length > bytes;

        var json = message.ValueAt(pointer).Span;
        if (json.IsEmpty || json[0] is (byte)'{' or (byte)'[') return false;
        if (json[0] != '"') return json.Length > bytes;

        json = json[1..^1].Trim((byte)' ');
        return json.Length > (json.Contains((byte)'\\') ? JsonString.MaxEscape * (long)bytes : bytes);
    }

    /// <summary>The value of the body as JSON, byte for byte; empty where the message has none.</summary>
    public ReadOnlyMemory<byte> JsonOf(Message message) => pointer is null ? default : message.ValueAt(pointer);

    /// <summary>Null for no value, <c>null</c>, an object, an array, and a string without UTF-8 form.</summary>
    private static string? TextOf(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] is (byte)'n' or (byte)'{' or (byte)'[') return null;
        return value[0] == '"' ? JsonText.Of(value) : Encoding.UTF8.GetString(value);
    }
}
