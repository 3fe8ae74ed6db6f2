using System.Text.Json;

namespace SqsAotLambda.Local;

/// <summary>Why the function did not deliver a message, as a line of its log tells it.</summary>
/// <param name="Status">null when there was no answer.</param>
/// <param name="Fault">Of the transport; null when there was none, as for the following.</param>
/// <param name="Hold">Why no request was sent.</param>
/// <param name="Detail">Of the fault.</param>
/// <param name="Reason">Why no request could be made; older functions tell the detail of a fault here.</param>
internal sealed record FunctionFailure(
    string Message, string Outcome, int? Status, string? Fault, string? Hold, string? Detail, string? Reason, string? Route, string? Endpoint)
{
    private static readonly string[] Events = ["MessageFailed", "MessageDeadLettered"];

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The same for failures of one kind.</summary>
    public string Kind => Failures.Kind(Outcome, Status, Fault ?? Hold);

    public bool IsHeldByBreaker => Hold == "Breaker";

    public override string ToString()
    {
        var why = (Detail ?? Reason) is { } text ? $": {Failures.Excerpt(text)}" : "";
        var where = Route is null ? "" : Endpoint is null ? $" (route {Route})" : $" (route {Route}, {Endpoint})";
        return Kind + why + where;
    }

    /// <returns>null for lines about anything else, and for half a line, which a killed process may leave.</returns>
    public static FunctionFailure? TryParse(string line)
    {
        if (!line.StartsWith('{') || !Events.Any(name => line.Contains($"\"{name}\"", StringComparison.Ordinal))) return null;

        try
        {
            return JsonSerializer.Deserialize<FunctionFailure>(line, Json) is { Outcome: not null } failure && Events.Contains(failure.Message)
                ? failure
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
