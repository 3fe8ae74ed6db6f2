namespace SqsAotLambda.Interop.Servers;

internal sealed class Nginx : ServerKind
{
    public override string Name => "nginx";

    public override string HowToGet => "apt-get install nginx-light, or see https://nginx.org/en/linux_packages.html";

    protected override IReadOnlyList<string> Programs => ["nginx"];

    public override Command Configure(Site site)
    {
        var file = site.Write("nginx.conf", $$"""
            daemon off;
            pid nginx.pid;
            error_log stderr;
            worker_processes 2;
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            events { worker_connections 512; }
            http {
                access_log off;
                client_body_temp_path client;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
                keepalive_timeout {{site.KeepAlive}}s;
                upstream behind { server 127.0.0.1:{{site.Upstream}}; keepalive 32; }
                server {
                    listen 127.0.0.1:{{site.Port}}{{site.IfTls(" ssl")}};
                    {{site.IfTls($"ssl_certificate {site.Certificates?.CertificateFile}; ssl_certificate_key {site.Certificates?.KeyFile};")}}
                    location / {
                        proxy_pass http://behind;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                    }
                }
            }
            """);
        return new(Program!, ["-p", site.Folder, "-c", file, "-e", "stderr"]);
    }
}
