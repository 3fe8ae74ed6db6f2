using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>Opens a connection to a host.</summary>
/// <param name="until">By the loop's clock.</param>
/// <exception cref="HttpFaultException">No address is there, or allowed.</exception>
/// <exception cref="SocketFaultException">None of them answers, or not in time.</exception>
internal delegate ValueTask<TcpSocket> Dial(string host, int port, long until);

/// <summary>
/// Opens connections to addresses that the guard allows, and to no others: a name is looked up once, and the addresses that were judged are the
/// ones that are dialled.
/// </summary>
/// <param name="guard">Null: every address is allowed, which is for AWS's own endpoints.</param>
/// <param name="lookUp">Gives the addresses of a name; null: the loop does.</param>
internal sealed class GuardedDialler(AddressGuard? guard, Loop loop, Func<string, long, ValueTask<NameAnswer?>>? lookUp = null)
{
    private readonly Func<string, long, ValueTask<NameAnswer?>> lookUp = lookUp ?? loop.LookUpAsync;

    /// <inheritdoc cref="Dial"/>
    public async ValueTask<TcpSocket> DialAsync(string host, int port, long until)
    {
        var answer = await lookUp(host, until) ?? throw new SocketFaultException(Errno.TimedOut);
        if (answer.Addresses is []) throw new HttpFaultException(Fault.Dns, new IOException(answer.Fault));

        var allowed = guard is null ? answer.Addresses : Array.FindAll(answer.Addresses, guard.Allows);
        if (allowed.Length == 0) throw new HttpFaultException(Fault.Address, new AddressRefusedException(host));

        return await AddressRace.ConnectAsync(loop, Array.ConvertAll(allowed, address => new IPEndPoint(address, port)), until);
    }
}
