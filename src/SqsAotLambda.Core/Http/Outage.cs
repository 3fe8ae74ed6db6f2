using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// A server refuses connections, as one does that restarts. It is tried again, by one attempt at a time for all that wait, until it takes one, or
/// the time for connecting is over.
/// </summary>
/// <param name="time">For all attempts together.</param>
/// <param name="attempt">Opens a connection, and keeps it; gives why it came to nothing, or null.</param>
internal sealed class Outage(Loop loop, TimeSpan time, Func<IPEndPoint[], Task<HttpFaultException?>> attempt)
{
    /// <summary>In milliseconds, before the first attempt and between two.</summary>
    private const int FirstPause = 50, LongestPause = 500;

    /// <summary>After a wait in vain none is begun for so long.</summary>
    private static readonly TimeSpan VainFor = TimeSpan.FromSeconds(30);

    private readonly List<Pending<HttpFaultException?>> waiting = [];
    private long vainUntil;

    /// <summary>The server is waited for.</summary>
    public bool IsOn { get; private set; }

    public bool MayWait(Patience patience) => patience switch
    {
        Patience.None => false,
        Patience.Usual => loop.Now >= vainUntil,
        _ => true,
    };

    /// <param name="refusal">Of the attempt before.</param>
    public void Begin(HttpFaultException refusal, IPEndPoint[] addresses)
    {
        if (IsOn) return;

        IsOn = true;
        _ = RunAsync(refusal, addresses);
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="until">By the loop's clock.</param>
    /// <returns>Null: the server takes connections, or one has fallen free.</returns>
    public async ValueTask<HttpFaultException?> OverAsync(long until)
    {
        var mine = new Pending<HttpFaultException?>(loop, until, late: new(Fault.Timeout));
        waiting.Add(mine);
        await mine.OverAsync();
        return mine.Value;
    }

    /// <summary>A connection has fallen free: those that wait look for it, and the others wait again.</summary>
    public void LookAgain() => End(failure: null);

    private async Task RunAsync(HttpFaultException? failure, IPEndPoint[] addresses)
    {
        var end = loop.After(time);
        for (var pause = FirstPause; failure is { IsRefusal: true } && loop.Now + pause < end; pause = Math.Min(2 * pause, LongestPause))
        {
            await loop.WaitUntilAsync(loop.Now + pause);
            failure = await attempt(addresses);
        }

        if (failure is not null) vainUntil = loop.After(VainFor);
        IsOn = false;
        End(failure);
    }

    private void End(HttpFaultException? failure)
    {
        Pending<HttpFaultException?>[] all = [.. waiting];
        waiting.Clear();
        foreach (var each in all) each.End(failure);
    }
}
