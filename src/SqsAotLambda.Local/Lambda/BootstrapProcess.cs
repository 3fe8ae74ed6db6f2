using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace SqsAotLambda.Local.Lambda;

/// <summary>The running <c>bootstrap</c>: its end, its memory and its last lines.</summary>
internal sealed class BootstrapProcess : IDisposable
{
    private const int KeptLines = 8;

    /// <summary>An exit code above it names the signal that ended the process.</summary>
    private const int SignalBase = 128;

    // Of a line in /proc/PID/net/tcp.
    private const int LocalAddressColumn = 1;
    private const int InodeColumn = 9;

    private readonly Process process;
    private readonly Queue<string> lines = new();
    private readonly Action<string> read;
    private bool disposed;

    private BootstrapProcess(ProcessStartInfo start, Action<string> read, TimeProvider time)
    {
        this.read = read;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        Started = time.GetTimestamp();
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Timestamp just before exec.</summary>
    public long Started { get; }

    public Task Exited { get; }

    /// <summary>Whether its end was the runner's will.</summary>
    public bool Killed { get; private set; }

    public string End => process.ExitCode > SignalBase
        ? $"was ended by signal {process.ExitCode - SignalBase}"
        : $"exited with status {process.ExitCode}";

    /// <param name="read">Gets each line that the process writes.</param>
    public static BootstrapProcess Start(
        string path, IReadOnlyDictionary<string, string> environment, Action<string> read, TimeProvider time)
    {
        var start = new ProcessStartInfo(path)
        {
            WorkingDirectory = Path.GetDirectoryName(path),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return new BootstrapProcess(start, read, time);
        }
        catch (Win32Exception failure)
        {
            throw new LocalFailure($"{path} cannot be started: {new Win32Exception(failure.NativeErrorCode).Message}.", failure);
        }
    }

    public string LastLines()
    {
        lock (lines) return string.Join('\n', lines.Select(line => $"  {line}"));
    }

    /// <summary>SIGKILL, as Lambda does it: no warning, and no child is left.</summary>
    public void Kill()
    {
        lock (lines)
        {
            if (disposed || Exited.IsCompleted) return;

            Killed = true;
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>SIGSTOP; ends when no thread of it runs any more, or when it has ended.</summary>
    public Task FreezeAsync(CancellationToken stop)
    {
        lock (lines) return disposed || Exited.IsCompleted ? Task.CompletedTask : Freezing.FreezeAsync(process.Id, stop);
    }

    /// <summary>SIGCONT; nothing happens to one that is not frozen.</summary>
    public void Thaw()
    {
        lock (lines)
        {
            if (!disposed && !Exited.IsCompleted) Freezing.Thaw(process.Id);
        }
    }

    /// <summary>This side's port of each of its TCP connections; none when it has ended.</summary>
    /// <remarks>https://man7.org/linux/man-pages/man5/proc_pid_net.5.html</remarks>
    public IReadOnlyList<int> Ports()
    {
        try
        {
            var sockets = Directory.GetFiles($"/proc/{process.Id}/fd").Select(
                file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name).ToHashSet();
            return
            [
                .. File.ReadLines($"/proc/{process.Id}/net/tcp").Skip(1).Concat(File.ReadLines($"/proc/{process.Id}/net/tcp6").Skip(1))
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Where(columns => sockets.Contains($"socket:[{columns[InodeColumn]}]"))
                    .Select(columns => int.Parse(columns[LocalAddressColumn].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The most memory that it held so far, in bytes; null when it has ended.</summary>
    public long? PeakMemory()
    {
        try
        {
            const string label = "VmHWM:";
            var status = File.ReadLines($"/proc/{process.Id}/status");
            var peak = status.FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
            return peak is null ? null : 1024 * long.Parse(peak[label.Length..^"kB".Length], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        lock (lines)
        {
            disposed = true;
            process.Dispose();
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;

        read(line);
        lock (lines)
        {
            if (lines.Count == KeptLines) lines.Dequeue();
            lines.Enqueue(line);
        }
    }
}
