using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;

namespace SqsAotLambda.Tests.Shared;

/// <summary>A program with nothing inherited but what it is given; killed when disposed of, with all that it started.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentQueue<string> errors = new();
    private readonly Channel<string> unseen = Channel.CreateUnbounded<string>();

    public ChildProcess(
        string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, string? folder = null)
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

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it wrote so far, standard output and error together.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    public string Output => string.Join('\n', Lines);

    /// <summary>Of these lines, those of standard error.</summary>
    public string Errors => string.Join('\n', errors);

    /// <summary>Waits for a line that no earlier call has seen; all lines before it are then in <see cref="Lines"/>.</summary>
    public async Task<string> LineAsync(Func<string, bool> isAwaited, CancellationToken end)
    {
        while (true)
        {
            var line = await unseen.Reader.ReadAsync(end);
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
    public async Task<int> ExitAsync(CancellationToken end)
    {
        await process.WaitForExitAsync(end);
        return process.ExitCode;
    }

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
