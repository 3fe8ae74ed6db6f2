using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// Of the addresses of a name the one that connected, where one before it did not: for some minutes it is tried first, as
/// <see href="https://www.rfc-editor.org/rfc/rfc8305#section-4">RFC 8305</see> has it.
/// </summary>
internal sealed class GoodAddress(Loop loop)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(10);

    private IPEndPoint? good;
    private long until;

    /// <summary>In the order in which they are to be tried.</summary>
    public IPEndPoint[] First(IPEndPoint[] addresses) =>
        good is { } first && loop.Now < until && Array.IndexOf(addresses, first) > 0
            ? [first, .. addresses.Where(each => !each.Equals(first))] : addresses;

    /// <param name="addresses">In the order in which they were tried.</param>
    public void Note(IPEndPoint[] addresses, IPEndPoint connected)
    {
        if (!connected.Equals(addresses[0])) (good, until) = (connected, loop.After(GoodFor));
    }
}
