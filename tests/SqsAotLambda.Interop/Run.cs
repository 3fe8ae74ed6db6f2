using System.Globalization;
using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Running;
using SqsAotLambda.Interop.Scenarios;

namespace SqsAotLambda.Interop;

/// <summary>Plays each scenario with each server, one after the other, and tells what came of it.</summary>
internal sealed class Run(Settings settings, TextWriter output, TextWriter progress, TimeProvider time, CancellationToken stop)
{
    private const int Passed = 0, Failed = 1;

    /// <summary>For one play, its server's start and end aside.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public async Task<int> ExecuteAsync()
    {
        if (!File.Exists(settings.Bootstrap)) throw new InteropFailure($"{settings.Bootstrap} is missing: make build makes it.");

        foreach (var kind in settings.Servers.Where(kind => kind.Program is null)) progress.WriteLine($"{kind.Name} is skipped: {kind.HowToGet}.");
        Play[] plays = [.. Play.Of(settings)];
        if (plays.Length == 0) throw new InteropFailure("None of these servers is here, or none of these scenarios suits them.");

        Directory.CreateDirectory(settings.Output);
        using var certificates = new Certificates(settings.Output);
        var rows = new List<Row>();
        foreach (var play in plays)
        {
            stop.ThrowIfCancellationRequested();
            progress.Write($"[{rows.Count + 1}/{plays.Length}] {play.Server} {play.Scheme}: {play.Scenario.Description} ... ");
            var row = await PlayAsync(play, certificates);
            progress.WriteLine(row.IsKept ? Seconds(row.Time) : $"WRONG: {string.Join("; ", row.Breaches).Split('\n')[0]}");
            rows.Add(row);
        }

        return Tell(rows);
    }

    private async Task<Row> PlayAsync(Play play, Certificates certificates)
    {
        var start = time.GetTimestamp();
        using var late = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        try
        {
            await using var stage = await Stage.SetAsync(play, settings, certificates, time, either.Token);
            var begun = time.GetTimestamp();
            await play.Scenario.PlayAsync(stage);
            var taken = time.GetElapsedTime(begun);
            var account = await stage.EndAsync();
            return new(play, account, taken, account.Breaches);
        }
        catch (InteropFailure e) when (!stop.IsCancellationRequested)
        {
            return new(play, null, time.GetElapsedTime(start), [e.Message.TrimEnd('.')]);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new(play, null, time.GetElapsedTime(start), [$"it did not end within {Seconds(Limit)}"]);
        }
    }

    private int Tell(List<Row> rows)
    {
        output.WriteLine();
        output.Write(Table.Of(rows));
        output.WriteLine();
        Row[] wrong = [.. rows.Where(row => !row.IsKept)];
        foreach (var row in wrong)
        {
            output.WriteLine($"{row.Play.Server} {row.Play.Scheme} {row.Play.Scenario.Name}: {string.Join("; ", row.Breaches)}.");
            output.WriteLine($"  Its logs: {Path.Combine(settings.Output, row.Play.FolderName)}");
        }

        output.WriteLine($"{(wrong.Length == 0 ? "Success" : "Failure")}! {rows.Count - wrong.Length} passed, {wrong.Length} failed.");
        return wrong.Length == 0 ? Passed : Failed;
    }

    private static string Seconds(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
}
