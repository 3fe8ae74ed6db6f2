using System.Net.Security;
using System.Security.Cryptography;

namespace SqsAotLambda.Http;

/// <summary>Opens connections over TCP and TLS.</summary>
/// <param name="timeout">For TCP and TLS together.</param>
/// <param name="maxBody">Longest response body taken, in bytes.</param>
internal sealed class Connector(Dial dial, TrustStore trust, TimeSpan timeout, int maxBody, TimeProvider time)
{
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public async Task<Connection> OpenAsync(Origin origin, CancellationToken deadline)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline, timer.Token);
        try
        {
            var socket = await dial(origin.Host, origin.Port, either.Token);
            var stream = new SocketStream(socket);
            return new(stream, origin.Tls ? await SecureAsync(stream, origin.Host, either.Token) : stream, maxBody);
        }
        catch (OperationCanceledException e) when (!deadline.IsCancellationRequested)
        {
            throw new HttpFaultException(Fault.Connect, e);
        }
    }

    private async Task<SslStream> SecureAsync(SocketStream stream, string host, CancellationToken deadline)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(trust.OptionsFor(host), deadline);
            return tls;
        }
        // Whatever a server makes the handshake throw is a fault of this connection.
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is OperationCanceledException && deadline.IsCancellationRequested) throw;

            throw new HttpFaultException(IsOfCertificate(e) ? Fault.Certificate : Fault.Tls, e);
        }
    }

    /// <summary>
    /// .NET throws a CryptographicException for a certificate that holds what it can't decode. One of a class derived from it stands for
    /// whatever else OpenSSL did not take of the handshake, such as an alert.
    /// </summary>
    private static bool IsOfCertificate(Exception e) =>
        e is CertificateRefusedException || e.GetType() == typeof(CryptographicException)
            || (e.InnerException is { } inner && IsOfCertificate(inner));
}
