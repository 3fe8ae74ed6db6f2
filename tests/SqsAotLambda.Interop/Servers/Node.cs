using System.Globalization;

namespace SqsAotLambda.Interop.Servers;

internal sealed class Node : ServerKind
{
    public override string Name => "node";

    public override string HowToGet => "Node.js 20 or newer from https://nodejs.org";

    public override bool IsProxy => false;

    public override bool CanReload => false;

    protected override IReadOnlyList<string> Programs => ["node"];

    public override Command Configure(Site site)
    {
        var file = site.Write("server.js", """
            const fs = require('fs');
            const [port, keepAlive, latency, certificate, key] = process.argv.slice(2);

            function serve(request, response) {
              request.resume();
              request.on('end', () => {
                fs.writeSync(1, `received ${request.headers['idempotency-key']}\n`);
                setTimeout(() => {
                  if (!server.listening) response.setHeader('Connection', 'close');
                  response.end();
                }, Number(latency));
              });
            }

            const server = certificate
              ? require('https').createServer({ cert: fs.readFileSync(certificate), key: fs.readFileSync(key) }, serve)
              : require('http').createServer(serve);
            server.keepAliveTimeout = Number(keepAlive);
            server.listen(Number(port), '127.0.0.1');
            process.on('SIGTERM', () => server.close());

            """);
        var tls = site.Certificates is { } files ? new[] { files.CertificateFile, files.KeyFile } : [];
        return new(Program!, [file, Number(site.Port), Number(site.KeepAlive * 1000), Number((int)site.Latency.TotalMilliseconds), .. tls]);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
