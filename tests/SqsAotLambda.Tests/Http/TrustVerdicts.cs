using System.Diagnostics;
using System.Globalization;
using System.Net;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>What becomes of each case, all judged at once: a process for each takes its time.</summary>
public sealed class TrustVerdicts : IAsyncLifetime
{
    public const string Accepted = "accepted";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly string DefaultTrust = Path.Combine(AppContext.BaseDirectory, "SqsAotLambda.DefaultTrust.dll");

    private readonly Dictionary<string, (string ByDefault, string ByStore)> verdicts = [];

    /// <summary>The errors in words.</summary>
    public (string ByDefault, string ByStore) this[string name] => verdicts[name];

    public async ValueTask InitializeAsync()
    {
        var limit = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(TrustCases.All, limit, async (pair, _) =>
        {
            var one = pair.Value;
            using var files = new TrustFiles();
            one.Write(files);
            await using var server = new TlsServer(one.Server.WithKey, [.. one.Others.Select(other => other.Certificate)]);
            var verdict = (await ByDefaultAsync(files, server.Port, one.Host), await ByStoreAsync(files, server.Port, one.Host));
            lock (verdicts) verdicts.Add(pair.Key, verdict);
        });
    }

    public ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("TRUST_TABLE") is { } path)
            File.WriteAllLines(path, verdicts.Select(pair => $"| {pair.Key} | {pair.Value.ByDefault} | {pair.Value.ByStore} |"));
        return ValueTask.CompletedTask;
    }

    /// <summary>On a thread of its own, which its loop needs.</summary>
    internal static Task<string> ByStoreAsync(TrustFiles files, int port, string host) =>
        Task.Factory.StartNew(() => ByStore(files, port, host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string ByStore(TrustFiles files, int port, string host)
    {
        using var driver = new KernelDriver();
        using var tickets = new TlsTickets();
        var loop = new Loop(driver);
        var context = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System).Context;
        try
        {
            return loop.Run(async () =>
            {
                var socket = await AddressRace.ConnectAsync(loop, [new(IPAddress.Loopback, port)], loop.After(Limit));
                socket.EndAt(loop.After(Limit));
                using var tls = await TlsSession.ConnectAsync(loop, context, socket, host, tickets);
                return Accepted;
            });
        }
        catch (TlsException e) when (e.IsOfCertificate)
        {
            return e.Message;
        }
        catch (IOException e)
        {
            return $"no verdict: {e.Message}";
        }
    }

    private static async Task<string> ByDefaultAsync(TrustFiles files, int port, string host)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [DefaultTrust, port.ToString(CultureInfo.InvariantCulture), host])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = files.Home;
        start.Environment["SSL_CERT_FILE"] = files.Bundle;
        start.Environment["SSL_CERT_DIR"] = string.Join(':', files.Directories);
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var verdict = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        return verdict.Trim();
    }
}
