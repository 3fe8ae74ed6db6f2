using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// A server refuses connections, as one does that restarts. It is tried again, by one attempt at a time for all that wait, until it takes one, or
/// the time for connecting is over.
/// </summary>
/// <param name="time">For all attempts together.</param>
/// <param name="attempt">Opens a connection, and keeps it; gives why it came to nothing, or null.</param>
internal sealed class Outage(Loop loop, TimeSpan time, Func<Task<HttpFaultException?>> attempt)
{
    /// <summary>In milliseconds, before the first attempt and between two.</summary>
    private const int FirstPause = 50, LongestPause = 500;

    private readonly long end = loop.After(time);
    private readonly List<Pending<HttpFaultException?>> waiting = [];

    /// <summary>Ends with the outage.</summary>
    /// <param name="failure">Of the attempt before.</param>
    /// <returns>Null: the server takes connections.</returns>
    public async Task<HttpFaultException?> RunAsync(HttpFaultException? failure)
    {
        for (var pause = FirstPause; failure is { IsRefusal: true } && loop.Now + pause < end; pause = Math.Min(2 * pause, LongestPause))
        {
            await loop.WaitUntilAsync(loop.Now + pause);
            failure = await attempt();
        }

        return failure;
    }

    /// <summary>Tells those who wait.</summary>
    public void End(HttpFaultException? failure) => waiting.ForEach(each => each.End(failure));

    /// <summary>Waits for its end.</summary>
    /// <returns>Null: the server takes connections.</returns>
    public async ValueTask<HttpFaultException?> OverAsync(long until)
    {
        var mine = new Pending<HttpFaultException?>(loop, until, late: new(Fault.Timeout));
        waiting.Add(mine);
        await mine.OverAsync();
        return mine.Value;
    }
}
