using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using SqsAotLambda.Local.Lambda;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>A program under test, with nothing inherited but what the test gives it; killed when the test ends.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly Channel<string> unseen = Channel.CreateUnbounded<string>();

    public ChildProcess(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, string? folder = null)
    {
        process.StartInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        process.StartInfo.WorkingDirectory = folder ?? "";
        process.StartInfo.Environment.Clear();
        foreach (var (name, value) in environment) process.StartInfo.Environment[name] = value;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it wrote so far, standard output and error together.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    public string Output => string.Join('\n', Lines);

    /// <summary>Of these lines, those of standard error.</summary>
    public string Errors => string.Join('\n', errors);

    /// <summary>The largest resident size so far, in bytes.</summary>
    public long PeakMemory => ProcessMemory.PeakOf(process.Id);

    /// <summary>What its standard output leads to.</summary>
    public string? OutputTarget => new FileInfo($"/proc/{process.Id}/fd/1").LinkTarget;

    public string MemoryMap => File.ReadAllText($"/proc/{process.Id}/maps");

    /// <summary>Waits for a line that no earlier call has seen; all lines before it are then in <see cref="Lines"/>.</summary>
    public async Task<string> LineAsync(Func<string, bool> isAwaited)
    {
        while (true)
        {
            var line = await unseen.Reader.ReadAsync(TestContext.Current.CancellationToken);
            if (isAwaited(line)) return line;
        }
    }

    /// <summary>The whole of its standard input.</summary>
    public async Task WriteAsync(string input)
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
    }

    /// <summary>The exit status, when it has ended and all its output has been read.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    /// <summary>SIGSTOP; ends when no thread of the process runs any more.</summary>
    public async Task FreezeAsync()
    {
        await Freezing.FreezeAsync(process.Id, TestContext.Current.CancellationToken);
        var states = Freezing.States(process.Id);
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.Equal('T', state));
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Freezing.Thaw(process.Id);

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void KeepError(string? line)
    {
        if (line is not null) errors.Enqueue(line);
        Keep(line);
    }

    private void Keep(string? line)
    {
        if (line is null) return;

        lines.Enqueue(line);
        unseen.Writer.TryWrite(line);
    }
}
