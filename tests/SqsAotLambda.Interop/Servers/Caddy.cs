using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Servers;

internal sealed class Caddy : ServerKind
{
    private const string FileName = "Caddyfile";

    public override string Name => "caddy";

    public override string HowToGet => "apt-get install caddy, or see https://caddyserver.com/docs/install";

    /// <summary>It closes the old socket with what waits there: 26 of 67,000 new connections in eight reloads of version 2.6.</summary>
    public override bool ResetsNewConnections => true;

    protected override IReadOnlyList<string> Programs => ["caddy"];

    public override Command Configure(Site site)
    {
        // Written once: the port of its administration is needed for a reload.
        var file = Path.Combine(site.Folder, FileName);
        if (!File.Exists(file)) site.Write(FileName, Text(site));
        return new(Program!, ["run", "--config", file, "--adapter", "caddyfile"], Homes(site));
    }

    /// <summary>Forced: the configuration is the same as before.</summary>
    public override async Task ReloadAsync(int process, Site site, CancellationToken stop)
    {
        var file = Path.Combine(site.Folder, FileName);
        await using var reload = new ChildProcess(
            Program!, ["reload", "--force", "--config", file, "--adapter", "caddyfile"], [("HOME", site.Folder), .. Homes(site)], site.Folder);
        if (await reload.ExitAsync(stop) is not 0 and var status)
            throw new InteropFailure($"caddy reload ended with status {status}:\n{reload.Output}");
    }

    private static string Text(Site site) => $$"""
        {
            admin 127.0.0.1:{{Ports.Free()}}
            auto_https off
            log {
                level WARN
            }
            servers {
                timeouts {
                    idle {{site.KeepAlive}}s
                }
            }
        }

        {{(site.Certificates is null ? "http://127.0.0.1" : "https://localhost")}}:{{site.Port}} {
            bind 127.0.0.1
            {{site.IfTls($"tls {site.Certificates?.CertificateFile} {site.Certificates?.KeyFile}")}}
            reverse_proxy 127.0.0.1:{{site.Upstream}}
        }

        """;

    private static (string Name, string Value)[] Homes(Site site) => [("XDG_DATA_HOME", site.Folder), ("XDG_CONFIG_HOME", site.Folder)];
}
