using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Interop.Running;

/// <summary>A certificate for localhost and the authority of this program's own that issued it, as files.</summary>
internal sealed class Certificates : IDisposable
{
    /// <param name="folder">Gets the files.</param>
    public Certificates(string folder)
    {
        var authority = Issued.Root("SqsAotLambda interop CA");
        var server = authority.Server();
        Server = server.WithKey;
        var key = server.Key.ExportPkcs8PrivateKeyPem() + "\n";
        AuthorityFile = Write("ca.pem", authority.Pem);
        CertificateFile = Write("server.pem", server.Pem);
        KeyFile = Write("server.key", key);
        BothFile = Write("server-and-key.pem", server.Pem + key);

        string Write(string name, string text)
        {
            var file = Path.Combine(folder, name);
            File.WriteAllText(file, text);
            return file;
        }
    }

    public X509Certificate2 Server { get; }

    /// <summary>For <c>SSL_CERT_FILE</c>.</summary>
    public string AuthorityFile { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    /// <summary>Certificate and key, one behind the other.</summary>
    public string BothFile { get; }

    public void Dispose() => Server.Dispose();
}
