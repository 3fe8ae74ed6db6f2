using System.Text;
using System.Text.Json;

namespace SqsAotLambda.Local;

/// <summary>Why the function copied a message to the dead-letter queue, as an attribute of the copy tells it.</summary>
/// <param name="MessageId">Of the message that was copied; the copy has an id of its own.</param>
/// <param name="Status">null when there was no answer.</param>
/// <param name="Response">Start of the answer's body.</param>
/// <param name="Reason">Why no request could be made; null when one was, or when an older function does not say.</param>
/// <param name="Fault">Of the transport; null when there was none, or from an older function, as for the following.</param>
/// <param name="Detail">Of the fault.</param>
/// <param name="Receives">Of the message, until it was copied.</param>
/// <param name="Attempts">The older name of the receives.</param>
/// <param name="Route">That took the message.</param>
/// <param name="Queue">The name of the message's queue.</param>
internal sealed record ForwardFailure(
    string MessageId,
    string Outcome,
    int? Status,
    string? Response,
    string? Reason = null,
    string? Fault = null,
    string? Detail = null,
    int? Receives = null,
    int? Attempts = null,
    string? Route = null,
    string? Queue = null)
{
    public const string AttributeName = "ForwardFailure";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>In the words of the report: the same for every message that failed in the same way.</summary>
    public string Why
    {
        get
        {
            var kind = Failures.Kind(Outcome, Status, Fault);
            return Failures.Excerpt(Detail ?? Reason ?? Response) is { Length: > 0 } excerpt ? $"{kind}: {excerpt}" : kind;
        }
    }

    /// <summary>What is true of this message alone, to follow the reason; empty when nothing is told.</summary>
    public string Whereabouts
    {
        get
        {
            string?[] parts =
            [
                Route is null ? null : $"route {Route}",
                Queue is null ? null : $"queue {Queue}",
                (Receives ?? Attempts) is { } receives ? $"receives {receives}" : null,
            ];
            return parts.OfType<string>().ToArray() is { Length: > 0 } told ? $" ({string.Join(", ", told)})" : "";
        }
    }

    /// <returns>null for what is not ASCII, no JSON, or names no message or no outcome.</returns>
    public static ForwardFailure? TryParse(string? text)
    {
        if (text is null || !Ascii.IsValid(text)) return null;

        try
        {
            return JsonSerializer.Deserialize<ForwardFailure>(text, Json) is { MessageId: not null, Outcome: not null } failure
                ? failure
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
