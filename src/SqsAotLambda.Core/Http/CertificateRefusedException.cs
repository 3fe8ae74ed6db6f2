using System.Security.Cryptography.X509Certificates;

namespace SqsAotLambda.Http;

/// <summary>Tells a refused certificate from a handshake that failed in another way: .NET gives both one type.</summary>
internal sealed class CertificateRefusedException(string why) : Exception($"The certificate of the server is refused: {why}.")
{
    public static CertificateRefusedException For(X509Chain chain) =>
        new(string.Join(", ", Array.ConvertAll(chain.ChainStatus, status => status.Status.ToString())));
}
