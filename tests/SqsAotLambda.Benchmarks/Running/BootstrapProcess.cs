using System.Globalization;
using System.Runtime.InteropServices;

namespace SqsAotLambda.Benchmarks.Running;

/// <summary>A running <c>bootstrap</c>, and what Linux counts of it. Disposing of it kills it.</summary>
internal sealed unsafe class BootstrapProcess : IDisposable
{
    private const string Null = "/dev/null";
    private const uint ReadableMode = 0b110_100_100;

    private readonly int id;
    private readonly string logFile;
    private bool reaped;

    /// <param name="command">Program and arguments; the program is looked up on PATH.</param>
    /// <param name="logFile">Gets what it writes, from the start.</param>
    public BootstrapProcess(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string logFile, TimeProvider time)
    {
        this.logFile = logFile;
        var arguments = Strings(command);
        var variables = Strings(environment.Select(variable => $"{variable.Key}={variable.Value}"));
        var actions = stackalloc byte[Libc.FileActionsBytes];
        _ = Libc.posix_spawn_file_actions_init(actions);
        _ = Libc.posix_spawn_file_actions_addopen(actions, 0, Null, Libc.OpenReadOnly, 0);
        _ = Libc.posix_spawn_file_actions_addopen(actions, 1, logFile, Libc.OpenAnew, ReadableMode);
        _ = Libc.posix_spawn_file_actions_adddup2(actions, 1, 2);

        Started = time.GetTimestamp();
        var fault = Libc.posix_spawnp(out id, command[0], actions, 0, arguments, variables);

        _ = Libc.posix_spawn_file_actions_destroy(actions);
        foreach (var text in arguments.Concat(variables)) Marshal.FreeCoTaskMem(text);
        if (fault != 0)
        {
            reaped = true;
            throw new BenchmarkFailure($"{command[0]} can't be started: {Marshal.GetPInvokeErrorMessage(fault)}");
        }
    }

    public int Id => id;

    /// <summary>Timestamp just before exec.</summary>
    public long Started { get; }

    /// <summary>CPU time so far, of all its threads.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            // The clock of a process, as clock_getcpuclockid(3) makes it.
            const int scheduled = 2;
            var clock = stackalloc long[2];
            if (Libc.clock_gettime((~id << 3) | scheduled, clock) != 0)
                throw new BenchmarkFailure($"has no CPU clock: {Marshal.GetLastPInvokeErrorMessage()}");

            return TimeSpan.FromSeconds(clock[0]) + TimeSpan.FromMicroseconds(clock[1] / 1000.0);
        }
    }

    /// <summary>The most memory that it held so far, in bytes.</summary>
    public long PeakMemory => ProcessMemory.PeakOf(id);

    /// <summary>So far, from memory and from disk.</summary>
    public long PageFaults
    {
        get
        {
            // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 10 and 12; the name, which may hold spaces, is field 2.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return long.Parse(fields[10 - 3], CultureInfo.InvariantCulture) + long.Parse(fields[12 - 3], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>How it ended and what it said last, told once; null while it lives.</summary>
    public string? End()
    {
        if (reaped || Libc.waitpid(id, out var status, Libc.NoHang) != id) return null;

        reaped = true;
        // As wait(2) packs them.
        var (code, signal) = (status >> 8, status & 0x7F);
        return $"{(signal == 0 ? $"exited with status {code}" : $"was ended by signal {signal}")}; its last lines:\n{LastLines()}";
    }

    public string LastLines()
    {
        const int shown = 8;
        return string.Join('\n', File.ReadLines(logFile).TakeLast(shown).Select(line => $"  {line[..Math.Min(line.Length, 400)]}"));
    }

    public void Dispose()
    {
        if (reaped) return;

        _ = Libc.kill(id, Libc.SigKill);
        _ = Libc.waitpid(id, out _, 0);
        reaped = true;
    }

    /// <summary>As exec wants them: ended by a null.</summary>
    private static nint[] Strings(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
