using System.Net;

namespace SqsAotLambda.Io;

/// <summary>
/// Connects to the first of several addresses that answers, as <see href="https://www.rfc-editor.org/rfc/rfc8305#section-5">RFC 8305</see> has it:
/// the next is tried after a while, or at once when one has failed, and all that were begun go on. The others are closed.
/// </summary>
internal sealed class AddressRace
{
    /// <summary>Milliseconds, before the next address is tried beside those that have not answered.</summary>
    private const int Stagger = 250;

    private readonly Loop loop;
    private readonly Gate? places;
    private readonly List<TcpSocket> sockets = [];
    private readonly List<Task> attempts = [];
    private readonly Waiter news = new();
    private readonly LoopTimer stagger, end;
    private TcpSocket? winner;
    private SocketFaultException? fault;
    private int underWay, taken;
    private bool isNextDue = true, isTimeUp;

    private AddressRace(Loop loop, Gate? places)
    {
        (this.loop, this.places) = (loop, places);
        stagger = new(loop, () => Tell(ref isNextDue));
        end = new(loop, () => Tell(ref isTimeUp));
    }

    /// <param name="addresses">Not empty; in the order in which they are tried.</param>
    /// <param name="until">For all of them, by the loop's clock.</param>
    /// <param name="places">
    /// Has a place for each attempt beside another. Where none is free, the oldest attempt is given up. Null: there are enough.
    /// </param>
    /// <exception cref="SocketFaultException">
    /// None answered: why the last failed, or that the time was over, if any was still under way then.
    /// </exception>
    public static async ValueTask<TcpSocket> ConnectAsync(Loop loop, IReadOnlyList<IPEndPoint> addresses, long until, Gate? places = null)
    {
        var race = new AddressRace(loop, places);
        race.end.Set(until);
        try
        {
            return await race.RunAsync(addresses);
        }
        finally
        {
            race.Decide();
            await Task.WhenAll(race.attempts);
        }
    }

    private async ValueTask<TcpSocket> RunAsync(IReadOnlyList<IPEndPoint> addresses)
    {
        for (var next = 0; winner is null;)
        {
            if (isTimeUp) throw new SocketFaultException(Errno.TimedOut, addresses[0]);
            if (next < addresses.Count && isNextDue)
            {
                if (underWay > 0) MakeRoom();
                isNextDue = false;
                stagger.Set(loop.Now + Stagger);
                Begin(addresses[next++]);
                continue;
            }

            if (underWay == 0) throw fault!;

            await news.WaitAsync();
        }

        return winner;
    }

    /// <summary>For one more attempt.</summary>
    private void MakeRoom()
    {
        if (places is null) return;
        if (places.TryEnter()) taken++;
        else sockets[0].Dispose();
    }

    /// <summary>All but the winner are closed, which ends their attempts.</summary>
    private void Decide()
    {
        stagger.Stop();
        end.Stop();
        foreach (var socket in sockets.ToList())
        {
            if (socket != winner) socket.Dispose();
        }

        for (; taken > 0; taken--) places!.Leave();
    }

    private void Begin(IPEndPoint address)
    {
        try
        {
            var socket = TcpSocket.Open(loop, address);
            sockets.Add(socket);
            underWay++;
            attempts.Add(AttemptAsync(socket, address));
        }
        catch (SocketFaultException e)
        {
            (fault, isNextDue) = (new(e.Number, address), true);
        }
    }

    private async Task AttemptAsync(TcpSocket socket, IPEndPoint address)
    {
        try
        {
            await socket.ConnectedAsync();
            winner ??= socket;
        }
        catch (SocketFaultException e)
        {
            sockets.Remove(socket);
            socket.Dispose();
            (fault, isNextDue) = (new(e.Number, address), true);
        }

        underWay--;
        news.Signal();
    }

    private void Tell(ref bool what)
    {
        what = true;
        news.Signal();
    }
}
