using SqsAotLambda.Interop.Reporting;
using SqsAotLambda.Interop.Running;
using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Interop.Scenarios;

/// <summary>What a scenario is played with: one server, functions that send to it, and the ledger of what it has read.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly Play play;
    private readonly Settings settings;
    private readonly Certificates certificates;
    private readonly Ledger ledger = new();
    private readonly Upstream upstream;
    private readonly List<Function> functions = [];
    private RunningServer? server;
    private bool haveEnded;

    private Stage(Play play, Settings settings, Certificates certificates, TimeProvider time, CancellationToken stop)
    {
        (this.play, this.settings, this.certificates, Time, Stop) = (play, settings, certificates, time, stop);
        upstream = new(ledger, play.Scenario.Latency, time, play is { Kind: null, IsTls: true } ? certificates.Server : null);
    }

    public TimeProvider Time { get; }

    public CancellationToken Stop { get; }

    public RunningServer Server => server ?? throw new InvalidOperationException("This is played without a real server.");

    /// <summary>Of the server.</summary>
    public int Port => server?.Port ?? upstream.Port;

    public static async Task<Stage> SetAsync(Play play, Settings settings, Certificates certificates, TimeProvider time, CancellationToken stop)
    {
        var stage = new Stage(play, settings, certificates, time, stop);
        try
        {
            if (play.Kind is not null) stage.server = await stage.StartServerAsync();
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <param name="port">Of the server, or of what stands before it.</param>
    public Function StartFunction(int port, int concurrency)
    {
        var url = new Uri(play.IsTls ? $"https://localhost:{port}/orders" : $"http://127.0.0.1:{port}/orders");
        (string, string)[] variables = [("FORWARD_CONCURRENCY", $"{concurrency}"), ("FORWARD_BREAKER", settings.Breaker)];
        var function = new Function($"m{functions.Count}", settings.Bootstrap, url, certificates.AuthorityFile, variables, Time, Stop);
        functions.Add(function);
        return function;
    }

    public Task WaitAsync(TimeSpan time) => Task.Delay(time, Time, Stop);

    public async Task EndFunctionsAsync()
    {
        if (haveEnded) return;

        haveEnded = true;
        foreach (var function in functions) await function.EndAsync();
    }

    /// <summary>Ends the functions and the server, and reckons up.</summary>
    public async Task<Account> EndAsync()
    {
        await EndFunctionsAsync();
        if (server is not null) await server.StopAsync();
        return Account.Of([.. functions.SelectMany(Ends)], functions.Sum(Resent), end => play.Scenario.Excuses(end, play.Kind, play.IsTls));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var function in functions) await function.DisposeAsync();
        try
        {
            if (server is not null) await server.DisposeAsync();
        }
        finally
        {
            await upstream.DisposeAsync();
            await WriteLogsAsync();
        }
    }

    private string Folder => Path.Combine(settings.Output, play.FolderName);

    private async Task<RunningServer> StartServerAsync()
    {
        // What an earlier run left must not be taken for this one's.
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
        var site = new Servers.Site(
            Folder, Ports.Free(), upstream.Port, play.IsTls ? certificates : null, play.Scenario.KeepAlive, play.Scenario.Latency);
        return await RunningServer.StartAsync(play.Kind!, site, ledger, Time, Stop);
    }

    private async Task WriteLogsAsync()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllLinesAsync(Path.Combine(Folder, "function.log"), functions.SelectMany(function => function.Lines));
        await File.WriteAllLinesAsync(Path.Combine(Folder, "server.log"), server?.Lines ?? []);
    }

    private IEnumerable<MessageEnd> Ends(Function function)
    {
        var why = function.Logged("MessageFailed").ToDictionary(line => line.GetProperty("messageId").GetString()!, Failure.Read);
        return function.Messages.Select(message => new MessageEnd(
            message.Id,
            ledger.TimesOf(message.Id),
            function.HasFailed(message.Id) ? why.GetValueOrDefault(message.Id, Failure.Untold) : null,
            message.HandedOut < server?.FirstEnd));
    }

    /// <summary>Requests that were sent once more.</summary>
    private static int Resent(Function function) =>
        function.Logged("BatchMetrics").Sum(line => line.TryGetProperty("Resent", out var count) ? count.GetInt32() : 0);
}
