using System.Globalization;
using SqsAotLambda.Interop.Scenarios;

namespace SqsAotLambda.Interop.Reporting;

/// <summary>A play and its end.</summary>
/// <param name="Account">Null: it came to no end.</param>
/// <param name="Breaches">A sentence each; none when all is as it must be.</param>
internal sealed record Row(Play Play, Account? Account, TimeSpan Time, IReadOnlyList<string> Breaches)
{
    public bool IsKept => Breaches.Count == 0;
}

/// <summary>The rows, in columns for a terminal.</summary>
internal static class Table
{
    private const int Gap = 2;

    private static readonly string[] Heads =
        ["server", "scheme", "scenario", "messages", "delivered", "failed", "duplicates", "resent", "seconds", ""];

    /// <summary>These columns are texts; the others are numbers.</summary>
    private static readonly int[] Texts = [0, 1, 2, 9];

    public static string Of(IReadOnlyList<Row> rows)
    {
        string[][] cells = [Heads, .. rows.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, Heads.Length).Select(column => cells.Max(row => row[column].Length))];
        return string.Concat(cells.Select(row => Line(row, widths)));
    }

    private static string Line(string[] row, int[] widths) => string.Join(
        new string(' ', Gap),
        row.Select((cell, column) => Texts.Contains(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd() + "\n";

    private static string[] Cells(Row row)
    {
        int?[] numbers = row.Account is { } account
            ? [account.Messages, account.Delivered, account.Failed, account.Duplicates, account.Resent]
            : [null, null, null, null, null];
        return
        [
            row.Play.Server, row.Play.Scheme, row.Play.Scenario.Name,
            .. numbers.Select(number => number?.ToString(CultureInfo.InvariantCulture) ?? "-"),
            row.Time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),
            row.IsKept ? "" : "WRONG",
        ];
    }
}
