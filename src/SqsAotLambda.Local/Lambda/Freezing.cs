using System.Runtime.InteropServices;

namespace SqsAotLambda.Local.Lambda;

/// <summary>Stops a process and lets it go on, as Lambda freezes and thaws an execution environment.</summary>
internal static partial class Freezing
{
    // The same on x86-64 and arm64.
    private const int SigCont = 18;
    private const int SigStop = 19;

    /// <summary>Ends when every thread of the process stands still, or the process has ended.</summary>
    public static async Task FreezeAsync(int process, CancellationToken stop)
    {
        _ = Kill(process, SigStop);
        // The signal reaches one thread after the other.
        while (States(process).Any(state => state is not ('T' or 'Z' or 'X')))
        {
            stop.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public static void Thaw(int process) => _ = Kill(process, SigCont);

    /// <summary>Of each thread of the process: T when it is stopped, Z or X when it has ended.</summary>
    /// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html</remarks>
    public static IReadOnlyList<char> States(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task").Select(State)];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static char State(string thread)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(thread, "stat"));
            // Behind the program's name, which may hold anything.
            return stat[stat.LastIndexOf(')') + ") ".Length];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
