using System.Text.Json;

namespace SqsAotLambda.Local.Lambda;

/// <summary>What the function's answer says about the messages of its batch.</summary>
/// <param name="Failed">Ids of the messages that stay in the queue.</param>
/// <param name="Fault">Why the whole batch failed; null when the answer was understood.</param>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting</remarks>
internal sealed record BatchAnswer(IReadOnlySet<string> Failed, string? Fault = null)
{
    public static BatchAnswer CompleteFailure(IEnumerable<string> batch, string fault) => new(batch.ToHashSet(), fault);

    public static BatchAnswer Parse(ReadOnlyMemory<byte> answer, IReadOnlyCollection<string> batch)
    {
        if (answer.IsEmpty) return new BatchAnswer(new HashSet<string>());

        try
        {
            using var document = JsonDocument.Parse(answer);
            var failed = new HashSet<string>();
            return CollectFailed(document.RootElement, batch, failed) is { } fault
                ? CompleteFailure(batch, fault)
                : new BatchAnswer(failed);
        }
        catch (JsonException)
        {
            return CompleteFailure(batch, "the answer is no JSON");
        }
    }

    /// <summary>Collects the ids that the answer names as failed; returns what makes it invalid, or null.</summary>
    private static string? CollectFailed(JsonElement answer, IReadOnlyCollection<string> batch, HashSet<string> failed)
    {
        if (answer.ValueKind is JsonValueKind.Null) return null;
        if (answer.ValueKind is not JsonValueKind.Object) return "the answer is no object";
        if (!answer.TryGetProperty("batchItemFailures", out var failures) || failures.ValueKind is JsonValueKind.Null) return null;
        if (failures.ValueKind is not JsonValueKind.Array) return "batchItemFailures is no array";

        foreach (var failure in failures.EnumerateArray())
        {
            if (failure.ValueKind is not JsonValueKind.Object
                || !failure.TryGetProperty("itemIdentifier", out var identifier)
                || identifier.ValueKind is not JsonValueKind.String) return "an entry of batchItemFailures has no itemIdentifier";
            var id = identifier.GetString()!;
            if (!batch.Contains(id)) return $"itemIdentifier \"{id}\" is not in the batch";

            failed.Add(id);
        }
        return null;
    }
}
