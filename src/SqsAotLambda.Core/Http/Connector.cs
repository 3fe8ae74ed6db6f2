using System.Net;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Http;

/// <summary>Opens connections over TCP and TLS.</summary>
/// <param name="timeout">For a name, and then again for TCP and TLS together.</param>
/// <param name="maxBody">Longest response body taken, in bytes.</param>
internal sealed class Connector(Resolve resolve, ITls tls, TimeSpan timeout, int maxBody, Loop loop)
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
            if (origin.Tls) tls.Prepare();
            var socket = await connecting;
            socket.EndAt(until);
            var transport = origin.Tls ? await SecureAsync(socket, origin.Host, tickets) : socket;
            socket.EndAt(null);
            return new(transport, maxBody, loop);
        }
        catch (SocketFaultException e)
        {
            throw new HttpFaultException(Fault.Connect, e) { IsRefusal = e.Number is Errno.ConnectionRefused or Errno.ConnectionReset };
        }
    }

    private async ValueTask<ITransport> SecureAsync(TcpSocket socket, string host, TlsTickets tickets)
    {
        try
        {
            return await tls.SecureAsync(loop, socket, host, tickets);
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
