using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>Opens connections over TCP and TLS.</summary>
/// <param name="timeout">For a name, and then again for TCP and TLS together.</param>
/// <param name="maxBody">Longest response body taken, in bytes.</param>
internal sealed class Connector(Resolve resolve, TrustStore trust, TimeSpan timeout, int maxBody, Loop loop)
{
    public TimeSpan Timeout => timeout;

    /// <summary>The addresses of an origin.</summary>
    /// <inheritdoc cref="Resolve"/>
    public ValueTask<IPEndPoint[]?> ResolveAsync(Origin origin, long until) => resolve(origin.Host, origin.Port, until);

    /// <param name="places">For attempts beside the first.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public async Task<Connection> OpenAsync(Origin origin, IPEndPoint[] addresses, Gate places)
    {
        var until = loop.After(timeout);
        try
        {
            var socket = await AddressRace.ConnectAsync(loop, addresses, until, places);
            socket.EndAt(until);
            var stream = new SocketStream(socket);
            var connection = new Connection(stream, origin.Tls ? await SecureAsync(stream, origin.Host) : stream, maxBody, loop);
            socket.EndAt(null);
            return connection;
        }
        catch (SocketFaultException e)
        {
            throw new HttpFaultException(Fault.Connect, e) { IsRefusal = e.Number is Errno.ConnectionRefused or Errno.ConnectionReset };
        }
    }

    private async Task<SslStream> SecureAsync(SocketStream stream, string host)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsClientAsync(trust.OptionsFor(host));
            return tls;
        }
        // Whatever a server makes the handshake throw is a fault of this connection.
        catch (Exception e)
        {
            var isLate = stream.Socket.IsOverdue;
            await tls.DisposeAsync();
            if (isLate) throw new SocketFaultException(Errno.TimedOut);

            // .NET tells the end of the connection by an IOException, and an alert by another one.
            throw new HttpFaultException(IsOfCertificate(e) ? Fault.Certificate : Fault.Tls, e) { IsRefusal = e is IOException };
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

/// <summary>What connections lead to.</summary>
internal readonly record struct Origin(bool Tls, string Host, int Port)
{
    public static Origin Of(Uri url) => new(url.Scheme == "https", url.IdnHost, url.Port);
}
