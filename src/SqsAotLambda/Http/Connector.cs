using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

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
            var stream = new NetworkStream(socket, ownsSocket: true);
            return new(socket, origin.Tls ? await SecureAsync(stream, origin.Host, either.Token) : stream, maxBody);
        }
        catch (OperationCanceledException e) when (!deadline.IsCancellationRequested)
        {
            throw new HttpFaultException(Fault.Connect, e);
        }
    }

    private async Task<SslStream> SecureAsync(NetworkStream stream, string host, CancellationToken deadline)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(trust.OptionsFor(host), deadline);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync();
            if (e is CertificateRefusedException) throw new HttpFaultException(Fault.Certificate, e);
            if (e is AuthenticationException or IOException or SocketException or UnauthorizedAccessException) throw new HttpFaultException(Fault.Tls, e);

            throw;
        }
    }
}
