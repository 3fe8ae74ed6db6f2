using System.Net;
using System.Runtime.ExceptionServices;
using SqsAotLambda.Io;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Http;

/// <summary>
/// The connections to one origin. They are kept open from one request to the next, which takes the one that was used last. A request that finds
/// none has one opened, and takes whichever comes first: a new one, or one that falls free. A server that refuses is waited for.
/// </summary>
internal sealed class OriginPool(Origin origin, Connector connector, ConnectionBudget budget, Loop loop) : IDisposable
{
    /// <summary>In milliseconds. Who waits for a name longer than that lends the slot, and who comes later lends it at once.</summary>
    private const int LongLookUp = 100;

    private readonly List<PooledConnection> idle = [];

    /// <summary>In the order in which they came.</summary>
    private readonly List<Waiting> waiting = [];

    private readonly TlsTickets tickets = new();
    private readonly GoodAddress goodAddress = new(loop);

    /// <summary>Connections that are being opened.</summary>
    private int opening;

    /// <summary>Null: none was begun yet, or what was begun came to nothing. Without TLS it stays null.</summary>
    private FirstHandshake? first;

    /// <summary>When the look-up of the name began that was not answered yet; null: there is none.</summary>
    private long? resolvingSince;

    private bool isDisposed;

    public Reuse Reuse { get; } = new(loop);

    private Outage Outage => field ??= new(loop, connector.Timeout, AttemptAsync);

    /// <summary>A connection for one exchange.</summary>
    /// <param name="timeout">For connecting and the exchange together; then the exchange is aborted. A server that refuses has more time.</param>
    /// <param name="deadline">Of all of it.</param>
    /// <param name="isFresh">One that is opened now.</param>
    /// <exception cref="HttpFaultException">No connection came about, or not in time.</exception>
    public ValueTask<PooledConnection> RentAsync(TimeSpan timeout, Deadline deadline, bool isFresh)
    {
        if (isFresh || TakeOpen() is not { } pooled) return ConnectAsync(timeout, deadline, isFresh);

        pooled.Begin(EndOf(timeout, deadline));
        return new(pooled);
    }

    /// <summary>Opens a connection for a request to come, by the deadline.</summary>
    /// <exception cref="HttpFaultException">None could be opened, or not by then.</exception>
    public async Task OpenAheadAsync(Deadline deadline) => HandOver(await ConnectAsync(connector.Timeout, deadline, isFresh: false));

    /// <summary>Takes back a connection after an exchange.</summary>
    public void Take(PooledConnection pooled, bool reusable)
    {
        var handshake = first?.IsOf(pooled) is true ? first : null;
        if (reusable && Reuse.IsAllowed) HandOver(pooled);
        else pooled.Dispose();

        handshake?.End();
    }

    /// <summary>Closes a connection that rests.</summary>
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
        tickets.Dispose();
    }

    private async ValueTask<PooledConnection> ConnectAsync(TimeSpan timeout, Deadline deadline, bool isFresh)
    {
        while (true)
        {
            var addresses = await ResolveAsync(timeout, deadline);
            // Counted anew: a slot that was lent may have come back late.
            var until = EndOf(timeout, deadline);
            try
            {
                var pooled = isFresh ? null : TakeOpen();
                if (pooled is not null || !Outage.IsOn || !Outage.MayWait(deadline.Patience))
                {
                    pooled ??= await WaitAsync(addresses, until, isFresh);
                    pooled.Begin(until);
                    return pooled;
                }
            }
            catch (HttpFaultException e) when (e.IsRefusal && Outage.MayWait(deadline.Patience))
            {
                Outage.Begin(e, addresses);
            }

            if (Outage.IsOn && await deadline.WithoutSlotAsync(Outage.OverAsync(deadline.On(loop))) is { } failure) throw failure;
        }
    }

    private async ValueTask<IPEndPoint[]> ResolveAsync(TimeSpan timeout, Deadline deadline)
    {
        var (end, connect) = (EndOf(timeout, deadline), loop.After(connector.Timeout));
        var until = Math.Min(end, connect);
        var since = resolvingSince ??= loop.Now;
        try
        {
            return await deadline.WithoutSlotAsync(connector.ResolveAsync(origin, until), since + LongLookUp)
                ?? throw new HttpFaultException(end <= connect ? Fault.Timeout : Fault.Connect);
        }
        finally
        {
            if (loop.Now < until) resolvingSince = null;
        }
    }

    private long EndOf(TimeSpan timeout, Deadline deadline) => Math.Min(loop.After(timeout), deadline.On(loop));

    private async ValueTask<PooledConnection> WaitAsync(IPEndPoint[] addresses, long until, bool isFresh)
    {
        var mine = new Waiting(addresses, loop, until, isFresh);
        waiting.Add(mine);
        if (first is { IsUnderWay: true } handshake) handshake.HoldBack();
        else Open(mine);

        await mine.OverAsync();
        waiting.Remove(mine);
        if (mine.Value.Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
        return mine.Value.Connection ?? throw new HttpFaultException(Fault.Timeout);
    }

    private PooledConnection? TakeOpen()
    {
        while (idle is [.., var last])
        {
            idle.RemoveAt(idle.Count - 1);
            if (!Reuse.IsAllowed) last.Drop();
            else if (last.TryEndRest()) return last;
            else last.Close();
        }

        return null;
    }

    /// <summary>To who waits longest, or to those at rest.</summary>
    /// <returns>False: it has ended, or there is no room for it.</returns>
    private bool HandOver(PooledConnection pooled)
    {
        var next = NextFor(pooled);
        if (isDisposed || !(next is null ? pooled.TryRest() : pooled.IsReady))
        {
            pooled.Close();
            return false;
        }

        if (next is null) idle.Add(pooled);
        else next.End((pooled, null));

        if (next is null) Outage.LookAgain();
        return true;
    }

    private Waiting? NextFor(PooledConnection pooled)
    {
        foreach (var each in waiting)
        {
            if (!each.IsOver && !(each.IsFresh && pooled.Connection.IsUsed)) return each;
        }

        return null;
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
        if (lead is not null) tickets.Came = lead.End;
        mine.IsBegun = true;
        opening++;
        _ = OpenForAsync(mine, lead);
    }

    private void OpenForAll() => waiting.FindAll(each => each is { IsBegun: false, IsOver: false }).ForEach(Open);

    /// <param name="lead">Null: other connections were opened before.</param>
    private async Task OpenForAsync(Waiting mine, FirstHandshake? lead)
    {
        PooledConnection pooled;
        try
        {
            pooled = await OpenAsync(mine.Addresses, () => waiting.Exists(each => !each.IsOver));
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
        if (!HandOver(pooled)) Fail(mine, new HttpFaultException(Fault.Connect) { IsRefusal = true });
    }

    /// <param name="isWanted">Asked once there is room for it, which may take longer than anybody waits.</param>
    private async Task<PooledConnection> OpenAsync(IPEndPoint[] addresses, Func<bool> isWanted)
    {
        await budget.EnterAsync();
        try
        {
            if (!isWanted()) throw new HttpFaultException(Fault.Timeout);

            var ordered = goodAddress.First(addresses);
            var connection = await connector.OpenAsync(origin, ordered, budget.Places, tickets);
            goodAddress.Note(ordered, connection.Peer);
            return new(this, connection, budget, loop);
        }
        catch
        {
            budget.Leave();
            throw;
        }
    }

    /// <summary>Of those that wait there are no more than connections that are being opened; for one of them there is none any longer.</summary>
    private void Fail(Waiting mine, Exception failure)
    {
        var begun = waiting.FindAll(each => each is { IsBegun: true, IsOver: false });
        if (begun.Count > opening) (begun.Contains(mine) ? mine : begun[0]).End((null, failure));
    }

    private async Task<HttpFaultException?> AttemptAsync(IPEndPoint[] addresses)
    {
        try
        {
            return HandOver(await OpenAsync(addresses, isWanted: () => true)) ? null : new(Fault.Connect) { IsRefusal = true };
        }
        catch (Exception e)
        {
            return e as HttpFaultException ?? new HttpFaultException(Fault.Internal, e);
        }
    }
}
