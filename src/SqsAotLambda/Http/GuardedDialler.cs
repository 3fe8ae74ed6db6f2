using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>
/// Opens connections to addresses that the guard allows, and to no others: a name is resolved once, and the addresses that were
/// judged are the ones that are dialled.
/// </summary>
/// <param name="resolve">Gives the addresses of a host name; null: DNS.</param>
internal sealed class GuardedDialler(AddressGuard guard, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/> of a handler that uses no proxy and follows no redirect.</summary>
    /// <exception cref="AddressRefusedException">No address is allowed; nothing was dialled.</exception>
    /// <exception cref="SocketException">The name could not be resolved, or no address be reached.</exception>
    public async ValueTask<Stream> DialAsync(SocketsHttpConnectionContext context, CancellationToken deadline)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        // DNS has nothing to say of an address, and refuses some of them as an argument.
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await resolve(host, deadline);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);

        var allowed = Array.FindAll(addresses, guard.Allows);
        if (allowed.Length == 0) throw new AddressRefusedException(host);

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, deadline);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
