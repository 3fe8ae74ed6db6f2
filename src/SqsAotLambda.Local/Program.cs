using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using SqsAotLambda.Local;

const int Failed = 1;
const int Interrupted = 130;

using var stop = new CancellationTokenSource();
using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

var time = TimeProvider.System;
var screen = new Screen(time);
var commands = new CommandLine().Build(
    (settings, stop) => new Run(settings, screen, time).ExecuteAsync(stop),
    (settings, stop) => new Serve(settings, screen, time).ExecuteAsync(stop));

var parsed = commands.Parse(args);
if (parsed.Action is ParseErrorAction) return Fail(parsed.Errors.Select(error => error.Message));

try
{
    // Signals are handled above: the library would leave two seconds for the clean-up, then cut it.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    return await parsed.InvokeAsync(configuration, stop.Token);
}
catch (LocalFailure failure) when (!stop.IsCancellationRequested)
{
    return Fail([failure.Message]);
}
// Whatever broke after the signal broke because of it.
catch (Exception failure) when (stop.IsCancellationRequested && failure is (OperationCanceledException or LocalFailure))
{
    screen.Say("Interrupted: every child process has ended.");
    return Interrupted;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static int Fail(IEnumerable<string> sentences)
{
    foreach (var sentence in sentences) Console.Error.WriteLine(sentence);
    return Failed;
}
