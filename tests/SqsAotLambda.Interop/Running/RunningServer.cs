using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Interop.Servers;

namespace SqsAotLambda.Interop.Running;

/// <summary>A server at work, as a process of its own. It is stopped and started again on the same port.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>For its start, and for its end.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private readonly ServerKind kind;
    private readonly Site site;
    private readonly Ledger ledger;
    private readonly TimeProvider time;
    private readonly List<string> lines = [];
    private ChildProcess? process;

    private RunningServer(ServerKind kind, Site site, Ledger ledger, TimeProvider time) =>
        (this.kind, this.site, this.ledger, this.time) = (kind, site, ledger, time);

    /// <summary>What it wrote until it was last stopped.</summary>
    public IReadOnlyList<string> Lines => lines;

    public ServerKind Kind => kind;

    public int Port => site.Port;

    /// <summary>From its start to the first connection that it took.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Timestamp of the first time that it ended; null when it did not.</summary>
    public long? FirstEnd { get; private set; }

    /// <param name="ledger">Gets the requests that the server tells of itself, when it is stopped.</param>
    public static async Task<RunningServer> StartAsync(ServerKind kind, Site site, Ledger ledger, TimeProvider time, CancellationToken stop)
    {
        Directory.CreateDirectory(site.Folder);
        var server = new RunningServer(kind, site, ledger, time);
        try
        {
            await server.StartAsync(stop);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it, and ends when it takes connections.</summary>
    public async Task StartAsync(CancellationToken stop)
    {
        var start = time.GetTimestamp();
        process = ProcessGroup.Start(kind.Configure(site), site.Folder);
        while (!await IsListeningAsync(stop))
        {
            if (process.HasExited) throw new InteropFailure($"{kind.Name} did not start:\n{await LastLinesAsync(stop)}");
            if (time.GetElapsedTime(start) > Limit) throw new InteropFailure($"{kind.Name} took no connection within {Limit.TotalSeconds} s.");

            await Task.Delay(Glance, time, stop);
        }

        StartTime = time.GetElapsedTime(start);
    }

    public Task ReloadAsync(CancellationToken stop) => kind.ReloadAsync(process!.Id, site, stop);

    /// <summary>Stops it as a supervisor does, by SIGTERM, and ends when it has ended.</summary>
    public async Task StopAsync()
    {
        if (process is not { } running) return;

        process = null;
        await using (running)
        {
            if (!running.HasExited) Signals.Send(running.Id, Signals.Terminate);
            using var late = new CancellationTokenSource(Limit, time);
            try
            {
                await running.ExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                throw new InteropFailure($"{kind.Name} did not end within {Limit.TotalSeconds} s of SIGTERM.");
            }
            finally
            {
                FirstEnd ??= time.GetTimestamp();
                ProcessGroup.End(running.Id);
                Keep(running.Lines);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await StopAsync();
    }

    private async Task<bool> IsListeningAsync(CancellationToken stop)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, site.Port), stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task<string> LastLinesAsync(CancellationToken stop)
    {
        const int shown = 8;
        await process!.ExitAsync(stop);
        return string.Join('\n', process.Lines.TakeLast(shown).Select(line => $"  {line}"));
    }

    private void Keep(IReadOnlyList<string> written)
    {
        const string received = "received ";
        foreach (var line in written)
        {
            if (line.StartsWith(received, StringComparison.Ordinal)) ledger.Note(line[received.Length..]);
            else lines.Add(line);
        }
    }
}
