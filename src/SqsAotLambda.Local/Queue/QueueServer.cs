using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace SqsAotLambda.Local.Queue;

/// <summary>The local SQS server: a Node.js child that ends with the runner.</summary>
internal sealed class QueueServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly Process node;
    private readonly TimeProvider time;

    private QueueServer(Process node, Uri address, TimeProvider time)
    {
        this.node = node;
        this.time = time;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<QueueServer> StartAsync(string? givenFolder, TimeProvider time, CancellationToken stop)
    {
        var folder = givenFolder ?? DefaultFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "fauxqs")))
            throw new LocalFailure($"The local queue is not installed in {folder}: run `npm ci` there, or `make run`, which does it.");

        var node = StartNode(folder);
        // Read to the end, so that the child can never block on a full pipe.
        var errors = node.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            var line = await node.StandardOutput.ReadLineAsync(stop).AsTask().WaitAsync(StartLimit, time, stop);
            var started = line is null ? null : JsonSerializer.Deserialize<Started>(line, JsonSerializerOptions.Web);
            if (started is { Port: { } port }) return new QueueServer(node, new Uri($"http://127.0.0.1:{port}/"), time);

            throw new LocalFailure($"The local queue did not start: {started?.Error ?? (await errors).Trim()}.");
        }
        catch (Exception failure)
        {
            node.Kill();
            node.Dispose();
            if (failure is TimeoutException) throw new LocalFailure($"The local queue did not start within {Duration.Format(StartLimit)}.");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        node.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit, time);
        await node.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!node.HasExited) node.Kill();
        node.Dispose();
    }

    private static Process StartNode(string folder)
    {
        var start = new ProcessStartInfo("node", ["queue.mjs"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new LocalFailure("The local queue needs Node.js, and there is no node in PATH: install version 20 or newer.", missing);
        }
    }

    private static string DefaultFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SqsAotLambda.sln"))) return Path.Combine(folder.FullName, "artifacts", "queue");
        }
        throw new LocalFailure("There is no SqsAotLambda.sln above the program: name the installed local queue with --queue-folder.");
    }

    private sealed record Started(int? Port, string? Error);
}
