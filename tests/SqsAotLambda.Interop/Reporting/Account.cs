using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Interop.Reporting;

/// <summary>Why a message failed, as the function's log tells.</summary>
internal sealed record Failure(string Outcome, int? Status, string? Fault)
{
    /// <summary>The log has no line for it.</summary>
    public static readonly Failure Untold = new("untold", null, null);

    public static Failure Read(JsonElement line) => new(
        line.GetProperty("outcome").GetString()!,
        line.TryGetProperty("status", out var status) ? status.GetInt32() : null,
        line.TryGetProperty("fault", out var fault) ? fault.GetString() : null);

    /// <summary>Of which nobody knows whether the server had read the request.</summary>
    public bool IsBrokenConnection => Fault is "Reset" or "Truncated";

    public override string ToString() => $"{Outcome} {Fault ?? Status?.ToString(CultureInfo.InvariantCulture)}".TrimEnd();
}

/// <summary>How a message ended.</summary>
/// <param name="Times">How often the server has read its request.</param>
/// <param name="Failure">Null: the function took it for delivered.</param>
/// <param name="MetServersEnd">The server ended for the first time after the message had been handed out.</param>
internal sealed record MessageEnd(string Id, int Times, Failure? Failure, bool MetServersEnd = false);

/// <summary>What became of the messages of a play, and what must not have become of them.</summary>
/// <param name="Duplicates">Requests that the server has read more than once.</param>
/// <param name="Resent">Requests that the function says it sent once more.</param>
/// <param name="Breaches">A sentence each.</param>
internal sealed record Account(int Messages, int Delivered, int Failed, int Duplicates, int Resent, IReadOnlyList<string> Breaches)
{
    /// <param name="excuses">Whether a failure is none of the function's.</param>
    public static Account Of(IReadOnlyList<MessageEnd> ends, int resent, Func<MessageEnd, bool> excuses)
    {
        MessageEnd[] failed = [.. ends.Where(end => end.Failure is not null)];
        MessageEnd[] lost = [.. ends.Where(end => end is { Failure: null, Times: 0 })];
        var duplicates = ends.Sum(end => Math.Max(0, end.Times - 1));
        return new(ends.Count, ends.Count - failed.Length - lost.Length, failed.Length, duplicates, resent, [.. Breaches()]);

        IEnumerable<string> Breaches()
        {
            if (lost.Length > 0) yield return $"{lost.Length} lost, {lost[0].Id} among them";
            if (duplicates > resent) yield return $"{duplicates} duplicates of {resent} counted resends";
            var wrong = failed.Where(end => !excuses(end)).GroupBy(end => end.Failure!.ToString());
            foreach (var alike in wrong) yield return $"{alike.Count()} failed in vain: {alike.Key}, {alike.First().Id} among them";
        }
    }
}
