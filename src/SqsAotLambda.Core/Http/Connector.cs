using System.Net;
using SqsAotLambda.Http.Tls;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

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
    /// <param name="tickets">Of the origin.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public async Task<Connection> OpenAsync(Origin origin, IPEndPoint[] addresses, Gate places, TlsTickets tickets)
    {
        var until = loop.After(timeout);
        try
        {
            var connecting = AddressRace.ConnectAsync(loop, addresses, until, places);
            // It takes some milliseconds the first time, in which the server answers.
            if (origin.Tls) PrepareTls();
            var socket = await connecting;
            socket.EndAt(until);
            ITransport transport = origin.Tls ? await SecureAsync(socket, origin.Host, tickets) : socket;
            socket.EndAt(null);
            return new(transport, maxBody, loop);
        }
        catch (SocketFaultException e)
        {
            throw new HttpFaultException(Fault.Connect, e) { IsRefusal = e.Number is Errno.ConnectionRefused or Errno.ConnectionReset };
        }
    }

    private void PrepareTls()
    {
        try
        {
            _ = trust.Context;
        }
        catch (TlsException)
        {
            // The handshake meets it again, and tells it.
        }
    }

    private async ValueTask<TlsSession> SecureAsync(TcpSocket socket, string host, TlsTickets tickets)
    {
        try
        {
            return await TlsSession.ConnectAsync(loop, trust.Context, socket, host, tickets);
        }
        catch (IOException e) when (e is EndOfStreamException or SocketFaultException { Number: not Errno.TimedOut })
        {
            throw new HttpFaultException(Fault.Tls, e) { IsRefusal = true };
        }
        catch (TlsException e)
        {
            socket.Dispose();
            throw new HttpFaultException(e.IsOfCertificate ? Fault.Certificate : Fault.Tls, e);
        }
    }
}

/// <summary>What connections lead to.</summary>
internal readonly record struct Origin(bool Tls, string Host, int Port)
{
    public static Origin Of(Uri url) => new(url.Scheme == "https", url.IdnHost, url.Port);
}
