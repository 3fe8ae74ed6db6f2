using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>A request that has no connection yet.</summary>
/// <param name="isFresh">It takes none that has carried another request.</param>
internal sealed class Waiting(IPEndPoint[] addresses, Loop loop, long until, bool isFresh)
    : Pending<(PooledConnection? Connection, Exception? Failure)>(loop, until, late: default)
{
    public IPEndPoint[] Addresses => addresses;

    public bool IsFresh => isFresh;

    /// <summary>A connection is being opened for it.</summary>
    public bool IsBegun { get; set; }
}
