using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using SqsAotLambda.Interop;

const int Failed = 1;
const int Interrupted = 130;

using var stop = new CancellationTokenSource();
using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    // Signals are handled above: each process that was started has ended before this one does.
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    var command = new CommandLine().Build(
        (settings, token) => new Run(settings, Console.Out, Console.Error, TimeProvider.System, token).ExecuteAsync());
    var parsed = command.Parse(args);
    if (parsed.Action is ParseErrorAction) throw new InteropFailure(string.Join('\n', parsed.Errors.Select(error => error.Message)));

    return await parsed.InvokeAsync(configuration, stop.Token);
}
catch (InteropFailure failure) when (!stop.IsCancellationRequested)
{
    Console.Error.WriteLine(failure.Message);
    return Failed;
}
// Whatever broke after the signal broke because of it.
catch (Exception failure) when (stop.IsCancellationRequested && failure is (OperationCanceledException or InteropFailure))
{
    Console.Error.WriteLine("\nInterrupted: every child process has ended.");
    return Interrupted;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
