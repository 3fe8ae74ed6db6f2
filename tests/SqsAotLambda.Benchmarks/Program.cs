using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using SqsAotLambda.Benchmarks;
using SqsAotLambda.Benchmarks.Measuring;
using SqsAotLambda.Benchmarks.Reporting;
using SqsAotLambda.Benchmarks.Running;

const int Failed = 1;
const int Interrupted = 130;

using var stop = new CancellationTokenSource();
using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    // Signals are handled above: each process that was started has ended before this one does.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    var parsed = new CommandLine().Build(Run).Parse(args);
    if (parsed.Action is ParseErrorAction) throw new BenchmarkFailure(string.Join('\n', parsed.Errors.Select(error => error.Message)));

    return await parsed.InvokeAsync(configuration, stop.Token);
}
catch (BenchmarkFailure failure)
{
    Console.Error.WriteLine(failure.Message);
    return Failed;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Interrupted: every child process has ended.");
    return Interrupted;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Run(Settings settings, CancellationToken stop)
{
    var time = TimeProvider.System;
    // The baseline goes first.
    Peer[] measured = [.. settings.Peers.Where(peer => peer.Missing is null).OrderByDescending(peer => peer.Name == settings.Baseline)];
    if (measured.Length == 0) throw new BenchmarkFailure("There is no peer to measure; --help tells how to name one.");

    var notes = new List<string>();
    string? why = null;
    using var share = settings.CpuShare is { } percent ? CpuShare.TryMake(percent, out why) : null;
    if (why is not null)
    {
        notes.Add(why);
        Console.Error.WriteLine(why);
    }
    Directory.CreateDirectory(settings.Output);
    using var scenarios = new Scenarios(settings.Smoke ? Effort.Smoke : Effort.Full, share, settings.Output, time, stop);
    var chosen = scenarios.All.Where(scenario => settings.Scenarios.Count == 0 || settings.Scenarios.Contains(scenario.Name));
    var rounds = new Rounds(measured, [.. chosen], Console.Error, time);
    var results = rounds.Run(settings.Rounds, settings.TimeLimit, stop);

    var missing = settings.Peers.Where(peer => peer.Missing is not null);
    var report = new Report(measured, [.. missing], results, rounds.Counted, time.GetUtcNow(), notes);
    File.WriteAllText(Path.Combine(settings.Output, "bench.md"), report.Markdown());
    File.WriteAllBytes(Path.Combine(settings.Output, "bench.json"), report.ToJson());
    Console.WriteLine(report.Markdown());
    // As dotnet test says it, for .ci/run.
    if (settings.Smoke) Console.WriteLine($"  succeeded: {results.Succeeded}\n  failed: {results.Failures.Count}");
    return results.Failures.Count == 0 ? 0 : Failed;
}
