using System.ComponentModel;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop.Running;

/// <summary>A program in a group of its own, which holds its workers too, and which Ctrl-C does not reach: it is ended in order.</summary>
internal static class ProcessGroup
{
    /// <summary>Becomes the program that it starts, as the first of a new group.</summary>
    private const string Starter = "setsid";

    public static ChildProcess Start(Command command, string folder)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        try
        {
            return new(Starter, [command.Program, .. command.Arguments], [("PATH", path), ("HOME", folder), .. command.Environment], folder);
        }
        catch (Win32Exception e)
        {
            throw new InteropFailure($"{Starter} can't be started, which is part of util-linux: {e.Message}", e);
        }
    }

    /// <summary>Ends workers that outlived it.</summary>
    public static void End(int process) => Signals.KillGroup(process);
}
