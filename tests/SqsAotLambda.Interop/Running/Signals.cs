using System.Runtime.InteropServices;

namespace SqsAotLambda.Interop.Running;

/// <summary>What servers are told by signals. The numbers are the same on x86-64 and arm64.</summary>
internal static partial class Signals
{
    public const int Hangup = 1;
    private const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Terminate = 15;

    public static void Send(int process, int signal)
    {
        if (kill(process, signal) != 0)
            throw new InteropFailure($"Signal {signal} can't be sent to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>SIGKILL to what is left of a process group; most often that is nothing.</summary>
    public static void KillGroup(int group) => _ = kill(-group, Kill);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);
}
