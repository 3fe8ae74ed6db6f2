using SqsAotLambda.Interop.Running;

namespace SqsAotLambda.Interop.Servers;

internal sealed class Lighttpd : ServerKind
{
    public override string Name => "lighttpd";

    public override string HowToGet => "apt-get install lighttpd lighttpd-mod-openssl, or see https://www.lighttpd.net/download";

    public override IdleTimes AroundKeepAlive => IdleTimes.EachSecond;

    protected override IReadOnlyList<string> Programs => ["lighttpd"];

    protected override int ReloadSignal => Signals.User1;

    public override Command Configure(Site site)
    {
        var file = site.Write("lighttpd.conf", $"""
            server.modules = ( "mod_proxy"{site.IfTls(", \"mod_openssl\"")} )
            server.bind = "127.0.0.1"
            server.port = {site.Port}
            server.document-root = "{site.Folder}"
            server.upload-dirs = ( "{site.Folder}" )
            server.max-keep-alive-idle = {site.KeepAlive}
            proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => {site.Upstream} ) ) )
            {site.IfTls($"ssl.engine = \"enable\"\nssl.pemfile = \"{site.Certificates?.BothFile}\"")}
            """ + "\n");
        return new(Program!, ["-D", "-f", file]);
    }
}
