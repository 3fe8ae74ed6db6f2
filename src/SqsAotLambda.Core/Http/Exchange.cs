namespace SqsAotLambda.Http;

/// <summary>What became of a request that was sent, or was to be.</summary>
/// <param name="Response">Default where there is a fault.</param>
/// <param name="Latency">From the request to the head of its response, or to its fault.</param>
/// <param name="Fault">None: the response came.</param>
/// <param name="Cause">Of the fault; null where nothing tells it.</param>
internal readonly record struct Exchange(Response Response, TimeSpan Latency, Fault Fault = Fault.None, Exception? Cause = null);

/// <summary>What an exchange takes of its response.</summary>
/// <param name="Accepts">The statuses that accept a request. They count only once the server's machine has all of it.</param>
/// <param name="MaxDrainTime">
/// How long a body may take that is not there with its head: one that is cut, too long or too slow costs the connection only.
/// Null: the body is wanted whole, has the time of its exchange, and is a fault when it is cut.
/// </param>
internal readonly record struct Taking(Func<int, bool> Accepts, TimeSpan? MaxDrainTime)
{
    /// <summary>The whole response; 2xx accepts.</summary>
    public static readonly Taking Whole = new(static status => status is >= 200 and <= 299, MaxDrainTime: null);
}
