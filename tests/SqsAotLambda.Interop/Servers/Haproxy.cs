using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Servers;

/// <summary>With a master and its worker: a reload starts a new worker with -sf, which takes over the sockets and lets the old one finish.</summary>
internal sealed class Haproxy : ServerKind
{
    public override string Name => "haproxy";

    public override string HowToGet => "apt-get install haproxy, or see https://www.haproxy.org";

    protected override IReadOnlyList<string> Programs => ["haproxy"];

    protected override int ReloadSignal => Signals.User2;

    public override Command Configure(Site site)
    {
        var file = site.Write("haproxy.cfg", $"""
            global
                maxconn 512
            defaults
                mode http
                timeout connect 5s
                timeout client 60s
                timeout server 60s
                timeout http-keep-alive {site.KeepAlive}s
            frontend front
                bind 127.0.0.1:{site.Port}{site.IfTls($" ssl crt {site.Certificates?.BothFile}")}
                default_backend back
            backend back
                server behind 127.0.0.1:{site.Upstream}
            """ + "\n");
        return new(Program!, ["-W", "-f", file]);
    }
}
