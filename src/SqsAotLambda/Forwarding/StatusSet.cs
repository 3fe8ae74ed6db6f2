using System.Globalization;

namespace SqsAotLambda.Forwarding;

/// <summary>A set of HTTP statuses, written as a list of numbers and ranges: <c>200-299,409</c>.</summary>
internal sealed class StatusSet
{
    public const string Allowed = "a list of statuses and ranges from 100 to 599, such as 200-299,409";

    private readonly (int From, int To)[] ranges;

    private StatusSet((int, int)[] ranges) => this.ranges = ranges;

    public bool Contains(int status)
    {
        foreach (var (from, to) in ranges)
        {
            if (status >= from && status <= to) return true;
        }

        return false;
    }

    /// <summary>Null when the text is not <see cref="Allowed"/>; an empty text is the empty set.</summary>
    public static StatusSet? TryParse(string text)
    {
        var ranges = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseRange).ToList();
        return ranges.Contains(null) ? null : new([.. ranges.OfType<(int, int)>()]);
    }

    private static (int From, int To)? ParseRange(string text)
    {
        var ends = text.Split('-');
        if (ends.Length > 2 || ParseStatus(ends[0]) is not { } from || ParseStatus(ends[^1]) is not { } to) return null;

        return from <= to ? (from, to) : null;
    }

    private static int? ParseStatus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599 ? status : null;
}
