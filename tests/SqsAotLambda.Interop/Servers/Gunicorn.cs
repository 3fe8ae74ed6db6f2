using System.Globalization;

namespace SqsAotLambda.Interop.Servers;

/// <summary>With threads: its simplest worker keeps no connection.</summary>
internal sealed class Gunicorn : ServerKind
{
    public override string Name => "gunicorn";

    public override string HowToGet => "apt-get install gunicorn, or pip install gunicorn";

    public override bool IsProxy => false;

    public override IdleTimes AroundKeepAlive => IdleTimes.EachSecond;

    /// <summary>Its old worker may neither read nor close the connections that it keeps: requests over these end in a time-out.</summary>
    public override bool CanReload => false;

    protected override IReadOnlyList<string> Programs => ["gunicorn"];

    public override Command Configure(Site site)
    {
        site.Write("server.py", $$"""
            import os
            import time

            def app(environ, start_response):
                environ["wsgi.input"].read()
                os.write(1, b"received %s\n" % environ["HTTP_IDEMPOTENCY_KEY"].encode())
                time.sleep({{site.Latency.TotalSeconds.ToString(CultureInfo.InvariantCulture)}})
                start_response("200 OK", [("Content-Length", "0")])
                return [b""]

            """);
        string[] tls = site.Certificates is { } files ? ["--certfile", files.CertificateFile, "--keyfile", files.KeyFile] : [];
        return new(
            Program!,
            [
                "--bind", $"127.0.0.1:{site.Port}", "--worker-class", "gthread", "--threads", "64", "--keep-alive", $"{site.KeepAlive}",
                "--graceful-timeout", "10", "--log-level", "warning", "--worker-tmp-dir", site.Folder, .. tls, "server:app",
            ]);
    }
}
