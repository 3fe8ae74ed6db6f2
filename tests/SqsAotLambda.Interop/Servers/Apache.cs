using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Servers;

internal sealed class Apache : ServerKind
{
    private static readonly string[] ModuleFolders =
    [
        "/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules", "/usr/local/apache2/modules",
    ];

    public override string Name => "apache";

    public override string HowToGet => "apt-get install apache2, or see https://httpd.apache.org/docs/2.4/install.html";

    protected override IReadOnlyList<string> Programs => ["apache2", "httpd"];

    /// <summary>Of apachectl graceful.</summary>
    protected override int ReloadSignal => Signals.User1;

    public override Command Configure(Site site)
    {
        string[] modules = ["mpm_event", "authz_core", "proxy", "proxy_http", .. site.Certificates is null ? [] : new[] { "socache_shmcb", "ssl" }];
        var file = site.Write("httpd.conf", $"""
            ServerRoot "{site.Folder}"
            ServerName localhost
            DefaultRuntimeDir "{site.Folder}"
            PidFile "{site.Folder}/httpd.pid"
            ErrorLog "{site.Folder}/error.log"
            {string.Join('\n', modules.Select(Load))}
            {(Environment.IsPrivilegedProcess ? "User nobody\nGroup #65534" : "")}
            StartServers 2
            ThreadsPerChild 32
            MaxRequestWorkers 128
            KeepAlive On
            KeepAliveTimeout {site.KeepAlive}
            Listen 127.0.0.1:{site.Port}
            ProxyPass "/" "http://127.0.0.1:{site.Upstream}/"
            {site.IfTls($"SSLEngine On\nSSLCertificateFile \"{site.Certificates?.CertificateFile}\"")}
            {site.IfTls($"SSLCertificateKeyFile \"{site.Certificates?.KeyFile}\"")}
            """ + "\n");
        return new(Program!, ["-D", "FOREGROUND", "-f", file]);
    }

    /// <summary>Nothing where it is built in.</summary>
    private static string Load(string module)
    {
        var file = ModuleFolders.Select(folder => Path.Combine(folder, $"mod_{module}.so")).FirstOrDefault(File.Exists);
        return file is null ? "" : $"LoadModule {module}_module \"{file}\"";
    }
}
