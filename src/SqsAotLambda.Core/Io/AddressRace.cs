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
    private readonly List<TcpSocket> sockets = [];
    private readonly List<Task> attempts = [];
    private readonly Waiter news = new();
    private readonly LoopTimer stagger, end;
    private TcpSocket? winner;
    private SocketFaultException? fault;
    private int underWay;
    private bool isNextDue = true, isTimeUp, isDecided;

    private AddressRace(Loop loop)
    {
        this.loop = loop;
        stagger = new(loop, () => Tell(ref isNextDue));
        end = new(loop, () => Tell(ref isTimeUp));
    }

    /// <param name="addresses">Not empty; in the order in which they are tried.</param>
    /// <param name="until">For all of them, by the loop's clock.</param>
    /// <exception cref="SocketFaultException">
    /// None answered: why the last failed, or that the time was over, if any was still under way then.
    /// </exception>
    public static async ValueTask<TcpSocket> ConnectAsync(Loop loop, IReadOnlyList<IPEndPoint> addresses, long until)
    {
        var race = new AddressRace(loop);
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
            if (isTimeUp) throw new SocketFaultException(Errno.TimedOut);
            if (next < addresses.Count && (isNextDue || underWay == 0))
            {
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

    /// <summary>All but the winner are closed, which ends their attempts.</summary>
    private void Decide()
    {
        isDecided = true;
        stagger.Stop();
        end.Stop();
        foreach (var socket in sockets)
        {
            if (socket != winner) socket.Dispose();
        }
    }

    private void Begin(IPEndPoint address)
    {
        try
        {
            var socket = TcpSocket.Open(loop, address);
            sockets.Add(socket);
            underWay++;
            attempts.Add(AttemptAsync(socket));
        }
        catch (SocketFaultException e)
        {
            (fault, isNextDue) = (e, true);
        }
    }

    private async Task AttemptAsync(TcpSocket socket)
    {
        try
        {
            await socket.ConnectedAsync();
            winner ??= socket;
        }
        catch (SocketFaultException e)
        {
            (fault, isNextDue) = (e, true);
        }

        underWay--;
        if (!isDecided) news.Signal();
    }

    private void Tell(ref bool what)
    {
        what = true;
        news.Signal();
    }
}
