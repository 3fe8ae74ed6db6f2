using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>What the settings say of every request, whatever its route.</summary>
internal sealed record RequestSettings
{
    public required string ContentType { get; init; }

    public required HeaderDialects Headers { get; init; }

    /// <summary>The <c>ce-type</c> of every request, unless its route says another.</summary>
    public required string CloudEventsType { get; init; }

    public required string UserAgent { get; init; }

    public required string IdempotencyHeader { get; init; }

    public required IdempotencySource IdempotencySource { get; init; }

    /// <summary>Of headers that are made of a message.</summary>
    public required HeaderLimit Limit { get; init; }
}

/// <summary>In which headers an endpoint is told what is known of a message.</summary>
/// <param name="Sqsd">In those of the Elastic Beanstalk worker daemon.</param>
/// <param name="CloudEvents">In those that make the request a CloudEvent.</param>
internal sealed record HeaderDialects(bool Sqsd, bool CloudEvents)
{
    public const string Allowed = "none, sqsd, cloudevents or sqsd,cloudevents";

    /// <summary>Null when the text is not <see cref="Allowed"/>.</summary>
    public static HeaderDialects? TryParse(string text)
    {
        if (text == "none") return new(Sqsd: false, CloudEvents: false);

        var names = text.Split(',', StringSplitOptions.TrimEntries);
        return names.Except(["sqsd", "cloudevents"]).Any() ? null : new(names.Contains("sqsd"), names.Contains("cloudevents"));
    }
}

/// <summary>Where the idempotency key of a message comes from.</summary>
internal sealed class IdempotencySource(Func<Message, string?> find, Func<Message, int, bool>? isLonger = null)
{
    public const string Allowed = "messageId, deduplicationId, attribute:NAME or body:/json/pointer";

    /// <summary>The key; the message id where the source has nothing, or nothing but spaces, which a header would drop.</summary>
    public string KeyOf(Message message) => find(message)?.Trim(' ') is { Length: > 0 } key ? key : message.FirstId;

    /// <inheritdoc cref="Expression.IsLonger"/>
    public bool IsLonger(Message message, int bytes) => isLonger is not null && isLonger(message, bytes);

    /// <summary>Null when the text is none of <see cref="Allowed"/>.</summary>
    public static IdempotencySource? TryParse(string text) => text switch
    {
        "messageId" => new(message => message.FirstId),
        "deduplicationId" => new(message => message.DeduplicationId),
        _ when text.Contains(':') && Expression.TryParse(text) is { } expression => new(expression.TextOf, expression.IsLonger),
        _ => null,
    };
}

/// <summary>
/// Adds headers made of a message, none of them longer than common servers take. A header's length is that of its name and value as they
/// are sent; the head has the lengths of its headers and of the request line.
/// </summary>
/// <param name="max">In bytes, of one header; the head may have four times that.</param>
/// <param name="setting">The name of the setting that can change it.</param>
internal sealed class HeaderLimit(int max, string setting)
{
    private readonly int maxHead = 4 * max;

    public string Setting => setting;

    /// <summary>In bytes, of a header.</summary>
    public int Max => max;

    /// <summary>Adds a header that only repeats what the message says, or leaves it out where it is too long.</summary>
    public void Repeat(Request request, string name, string text)
    {
        var room = Math.Min(max, maxHead - request.OptionalLength) - name.Length;
        if (HeaderNames.TryEncode(name, text, room) is { } value) request.AddOptional(name, value);
        else request.LeaveOut(name);
    }

    /// <summary>Adds a header that the request can't do without.</summary>
    /// <param name="text">Null: too long.</param>
    /// <returns>Why it can't be added; null: it was.</returns>
    public string? Add(Request request, string name, string? text)
    {
        if (text is null || HeaderNames.TryEncode(name, text, max - name.Length) is not { } value) return FaultOf(name);

        request.Add(name, value);
        return null;
    }

    public bool Allows(string name, string value) => name.Length + value.Length <= max;

    /// <summary>Leaves out, if it must, what only repeats what the message says.</summary>
    /// <returns>Why the head is too long all the same; null: it is not.</returns>
    public string? Shorten(Request request) =>
        request.TryShorten(maxHead) ? null : $"the head of the request is longer than {maxHead} bytes, four times {setting}";

    /// <summary>Of a header that is too long.</summary>
    public string FaultOf(string name) => $"the header {name} is longer than {this}";

    /// <summary>In words.</summary>
    public override string ToString() => $"{max} bytes with its name, which {setting} can change";
}
