namespace SqsAotLambda.Local;

/// <summary>The last failure of each kind, and how many lines the function's log has of it.</summary>
internal sealed class Failures
{
    /// <summary>Those of later kinds are not kept.</summary>
    private const int MostKinds = 20;

    /// <summary>In characters; what is cut would only fill the screen.</summary>
    private const int LongestExcerpt = 80;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (int Count, FunctionFailure Last)> kinds = [];

    /// <summary>In the order in which the kinds came.</summary>
    public IEnumerable<(string Name, string Value)> Rows()
    {
        lock (gate) return [.. kinds.Values.Select(kind => ("last failure", $"{kind.Last}, {Lines(kind.Count)}"))];
    }

    /// <returns>Whether it is the first of its kind.</returns>
    public bool Add(FunctionFailure failure)
    {
        lock (gate)
        {
            var known = kinds.TryGetValue(failure.Kind, out var kind);
            if (known || kinds.Count < MostKinds) kinds[failure.Kind] = (kind.Count + 1, failure);
            return !known && kinds.ContainsKey(failure.Kind);
        }
    }

    /// <param name="fault">What kept the answer from coming, or the request from being sent; null: nothing.</param>
    public static string Kind(string outcome, int? status, string? fault) =>
        string.Join(", ", new[] { outcome, status is { } code ? $"{code}" : null, fault }.OfType<string>());

    /// <summary>The beginning of a text, on one line.</summary>
    public static string Excerpt(string? text)
    {
        var line = string.Concat((text ?? "").Select(each => char.IsControl(each) ? ' ' : each)).Trim();
        return line.Length > LongestExcerpt ? $"{line[..LongestExcerpt]}…" : line;
    }

    private static string Lines(int count) => count == 1 ? "1 log line" : $"{count} log lines";
}
