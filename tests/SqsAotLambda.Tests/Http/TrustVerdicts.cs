using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>What becomes of each case, all judged at once: a process for each takes its time.</summary>
public sealed class TrustVerdicts : IAsyncLifetime
{
    public const string Accepted = "accepted";

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

    internal static async Task<string> ByStoreAsync(TrustFiles files, int port, string host)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream());
        var options = new TrustStore(new CertificateFiles(files.Bundle, files.Directories), TimeProvider.System).OptionsFor(host);
        try
        {
            await tls.AuthenticateAsClientAsync(options);
            return Accepted;
        }
        catch (CertificateRefusedException e)
        {
            return e.Message.Split(": ")[1].TrimEnd('.');
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Before any certificate is looked at; the other process says nothing then.
            return "";
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
