using System.CommandLine;
using System.Runtime.InteropServices;
using SqsAotLambda.Simulation;

using var stop = new CancellationTokenSource();
using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// Signals are handled above: the life that runs comes to its end.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
var command = new CommandLine().Build((settings, token) => new Lives(settings, Console.Out, Console.Error, token).Run());
return await command.Parse(args).InvokeAsync(configuration, stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
