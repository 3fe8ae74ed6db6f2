using System.Runtime.ExceptionServices;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// The connections to one origin. They are kept open from one request to the next, which takes the one that was used last. A request that finds
/// none has one opened, and takes whichever comes first: a new one, or one that falls free.
/// </summary>
internal sealed class OriginPool(Origin origin, Connector connector, Loop loop) : IDisposable
{
    private readonly List<PooledConnection> idle = [];

    /// <summary>In the order in which they came.</summary>
    private readonly List<Waiting> waiting = [];

    /// <summary>Connections that are being opened.</summary>
    private int opening;

    /// <summary>Null: none was begun yet, or what was begun came to nothing. Without TLS it stays null.</summary>
    private FirstHandshake? first;

    private bool isDisposed;

    /// <summary>A connection for one exchange.</summary>
    /// <param name="until">By the loop's clock, for connecting and the exchange together; then the exchange is aborted.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public ValueTask<PooledConnection> RentAsync(long until)
    {
        if (TakeOpen() is not { } pooled) return WaitAsync(until);

        pooled.Begin(until);
        return new(pooled);
    }

    /// <summary>Opens a connection for a request to come.</summary>
    /// <param name="until">It is not waited for any longer.</param>
    /// <exception cref="HttpFaultException">None could be opened, or not by then.</exception>
    public async Task OpenAheadAsync(long until) => HandOver(await WaitAsync(until));

    /// <summary>Takes back a connection after an exchange.</summary>
    public void Take(PooledConnection pooled, bool reusable)
    {
        var handshake = first?.IsOf(pooled) is true ? first : null;
        if (reusable) HandOver(pooled);
        else pooled.Dispose();

        handshake?.End();
    }

    /// <summary>A connection that rests has ended, or its time has.</summary>
    public void Drop(PooledConnection pooled)
    {
        idle.Remove(pooled);
        Close(pooled);
    }

    public void Dispose()
    {
        isDisposed = true;
        idle.ForEach(pooled => pooled.Dispose());
        idle.Clear();
    }

    private async ValueTask<PooledConnection> WaitAsync(long until)
    {
        var mine = new Waiting(loop, until);
        waiting.Add(mine);
        if (first is { IsUnderWay: true } handshake) handshake.HoldBack();
        else Open(mine);

        await mine.OverAsync();
        waiting.Remove(mine);
        if (mine.Value.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        if (mine.Value.Connection is not { } pooled) throw new HttpFaultException(Fault.Timeout);

        pooled.Begin(until);
        return pooled;
    }

    private PooledConnection? TakeOpen()
    {
        while (idle is [.., var last])
        {
            idle.RemoveAt(idle.Count - 1);
            if (last.Connection.TryEndRest()) return last;

            Close(last);
        }

        return null;
    }

    /// <summary>To who waits longest, or to those at rest.</summary>
    private void HandOver(PooledConnection pooled)
    {
        var next = waiting.Find(each => !each.IsOver);
        if (isDisposed || !pooled.TryRest() || (next is not null && !pooled.Connection.TryEndRest())) Close(pooled);
        else if (next is null) idle.Add(pooled);
        else next.End((pooled, null));
    }

    private void Close(PooledConnection pooled)
    {
        pooled.Dispose();
        if (first?.IsOf(pooled) is true) Abandon(first);
    }

    private void Abandon(FirstHandshake handshake)
    {
        first = null;
        handshake.End();
    }

    private void Open(Waiting mine)
    {
        var lead = origin.Tls && first is null ? first = new(loop, OpenForAll) : null;
        mine.IsBegun = true;
        opening++;
        _ = OpenAsync(mine, lead);
    }

    /// <param name="lead">Null: other connections were opened before.</param>
    private async Task OpenAsync(Waiting mine, FirstHandshake? lead)
    {
        PooledConnection pooled;
        try
        {
            pooled = new(this, await connector.OpenAsync(origin), loop);
            opening--;
        }
        catch (Exception e)
        {
            opening--;
            Fail(mine, e);
            if (lead is not null) Abandon(lead);
            return;
        }

        lead?.Connected(pooled);
        HandOver(pooled);
    }

    /// <summary>Of those that wait there are no more than connections that are being opened; for one of them there is none any longer.</summary>
    private void Fail(Waiting mine, Exception failure)
    {
        var begun = waiting.FindAll(each => each is { IsBegun: true, IsOver: false });
        if (begun.Count > opening) (begun.Contains(mine) ? mine : begun[0]).End((null, failure));
    }

    private void OpenForAll() => waiting.FindAll(each => each is { IsBegun: false, IsOver: false }).ForEach(Open);

    /// <summary>A request that has no connection yet.</summary>
    private sealed class Waiting(Loop loop, long until) : Pending<(PooledConnection? Connection, Exception? Failure)>(loop, until, late: default)
    {
        /// <summary>A connection is being opened for it.</summary>
        public bool IsBegun { get; set; }
    }
}

/// <summary>What connections lead to.</summary>
internal readonly record struct Origin(bool Tls, string Host, int Port)
{
    public static Origin Of(Uri url) => new(url.Scheme == "https", url.IdnHost, url.Port);
}
