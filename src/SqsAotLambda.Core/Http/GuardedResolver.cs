using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>Gives the addresses of a host that may be dialled, in the order in which they are tried.</summary>
/// <param name="until">By the loop's clock.</param>
/// <returns>Null: there was no answer by then.</returns>
/// <exception cref="HttpFaultException">There is no address, or none that may be dialled.</exception>
internal delegate ValueTask<IPEndPoint[]?> Resolve(string host, int port, long until);

/// <summary>
/// Gives the addresses that the guard allows, and no others. The addresses that were judged are the ones that are dialled: a name is not looked up
/// once more.
/// </summary>
/// <param name="guard">Null: every address is allowed, which is for AWS's own endpoints.</param>
/// <param name="lookUp">Gives the addresses of a name; null: the loop does.</param>
internal sealed class GuardedResolver(AddressGuard? guard, Loop loop, Func<string, long, ValueTask<NameAnswer?>>? lookUp = null)
{
    private readonly Func<string, long, ValueTask<NameAnswer?>> lookUp = lookUp ?? loop.LookUpAsync;

    /// <inheritdoc cref="Resolve"/>
    public async ValueTask<IPEndPoint[]?> ResolveAsync(string host, int port, long until)
    {
        if (await lookUp(host, until) is not { } answer) return null;
        if (answer.Addresses is []) throw new HttpFaultException(Fault.Dns, new IOException(answer.Fault));

        var allowed = guard is null ? answer.Addresses : Array.FindAll(answer.Addresses, guard.Allows);
        if (allowed.Length == 0) throw new HttpFaultException(Fault.Address, new AddressRefusedException(host));

        return Array.ConvertAll(allowed, address => new IPEndPoint(address, port));
    }
}
