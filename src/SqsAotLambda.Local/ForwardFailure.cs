using System.Text;
using System.Text.Json;

namespace SqsAotLambda.Local;

/// <summary>Why the function copied a message to the dead-letter queue, as an attribute of the copy tells it.</summary>
/// <param name="MessageId">Of the message that was copied; the copy has an id of its own.</param>
/// <param name="Status">null when there was no answer.</param>
/// <param name="Response">Start of the answer's body.</param>
internal sealed record ForwardFailure(string MessageId, string Outcome, int? Status, string? Response)
{
    public const string AttributeName = "ForwardFailure";

    /// <summary>In characters; what is cut would only fill the screen.</summary>
    private const int LongestResponse = 80;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>In the words of the report: the same for every message that failed in the same way.</summary>
    public string Reason
    {
        get
        {
            var status = Status is { } code ? $", {code}" : "";
            return Excerpt() is { Length: > 0 } excerpt ? $"{Outcome}{status}: {excerpt}" : $"{Outcome}{status}";
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

    private string Excerpt()
    {
        var line = string.Concat((Response ?? "").Select(each => char.IsControl(each) ? ' ' : each)).Trim();
        return line.Length > LongestResponse ? $"{line[..LongestResponse]}…" : line;
    }
}
