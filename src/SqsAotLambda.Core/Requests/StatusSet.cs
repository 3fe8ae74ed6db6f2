using System.Globalization;

namespace SqsAotLambda.Requests;

/// <summary>A set of HTTP statuses, written as a list of numbers and ranges: <c>200-299,409</c>.</summary>
internal sealed class StatusSet
{
    public const string Allowed = "a list of statuses and ranges from 100 to 599, such as 200-299,409";

    private readonly bool[] statuses = new bool[600];

    private StatusSet() { }

    public bool Contains(int status) => status is >= 0 and < 600 && statuses[status];

    /// <summary>Null when the text is not <see cref="Allowed"/>; an empty text is the empty set.</summary>
    public static StatusSet? TryParse(string text)
    {
        var set = new StatusSet();
        foreach (var range in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            if (ends.Length > 2 || ParseStatus(ends[0]) is not { } from || ParseStatus(ends[^1]) is not { } to || from > to) return null;

            Array.Fill(set.statuses, true, from, to - from + 1);
        }

        return set;
    }

    private static int? ParseStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? status : null;
}

/// <summary>Lists that go before the table of outcomes, in this order.</summary>
internal sealed record StatusLists(StatusSet Success, StatusSet Retry, StatusSet Reject)
{
    /// <summary>Made once, for every exchange.</summary>
    public Func<int, bool> Accepts { get; } = Success.Contains;
}
