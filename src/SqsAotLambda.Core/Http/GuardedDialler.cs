using System.Net;
using System.Net.Sockets;

namespace SqsAotLambda.Http;

/// <summary>Opens a connection to a host.</summary>
internal delegate Task<Socket> Dial(string host, int port, CancellationToken deadline);

/// <summary>
/// Opens connections to addresses that the guard allows, and to no others: a name is resolved once, and the addresses that were
/// judged are the ones that are dialled.
/// </summary>
/// <param name="guard">Null: every address is allowed, which is for AWS's own endpoints.</param>
/// <param name="resolve">Gives the addresses of a host name; null: DNS.</param>
internal sealed class GuardedDialler(AddressGuard? guard, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve = resolve ?? Dns.GetHostAddressesAsync;

    /// <exception cref="HttpFaultException">No address is there, or allowed, or answers.</exception>
    public async Task<Socket> DialAsync(string host, int port, CancellationToken deadline)
    {
        var addresses = await ResolveAsync(host, deadline);
        var allowed = guard is null ? addresses : Array.FindAll(addresses, guard.Allows);
        if (allowed.Length == 0) throw new HttpFaultException(Fault.Address, new AddressRefusedException(host));

        Socket? socket = null;
        try
        {
            // There may be no file descriptor left for it.
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(allowed, port, deadline);
            return socket;
        }
        // NotSupportedException: an IPv6 address, and the machine has no IPv6.
        catch (Exception e) when (e is SocketException or NotSupportedException)
        {
            socket?.Dispose();
            throw new HttpFaultException(Fault.Connect, e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken deadline)
    {
        // DNS has nothing to say of an address, and refuses some of them as an argument.
        if (IPAddress.TryParse(host, out var address)) return [address];

        try
        {
            // Of a lookup that is under way .NET does not heed the token: on Linux it takes as long as getaddrinfo does.
            var addresses = await resolve(host, deadline).WaitAsync(deadline);
            return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw new HttpFaultException(Fault.Dns, e);
        }
    }
}
