using System.Globalization;

namespace SqsAotLambda.Tests.Shared;

/// <summary>What Linux says of the memory of a process.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_status.5.html</remarks>
internal static class ProcessMemory
{
    private const string Label = "VmHWM:";

    /// <summary>The largest resident size so far, in bytes.</summary>
    public static long PeakOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(Label, StringComparison.Ordinal));
        return 1024 * long.Parse(line[Label.Length..^"kB".Length], CultureInfo.InvariantCulture);
    }
}
