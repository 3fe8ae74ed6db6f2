using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// How many connections the function may have open, below the process's limit of descriptors. At the limit the one that has rested longest is
/// closed for a new one, whatever its origin; while none rests, a new one waits.
/// </summary>
internal sealed class ConnectionBudget(Loop loop)
{
    /// <summary>Of descriptors: the process's own, files that are read, and some that nobody thought of.</summary>
    private const int Others = 24;

    /// <summary>Of descriptors: a look-up has a socket, and now and then a file.</summary>
    private const int ForLookUp = 2;

    /// <summary>Of connections, for what is called beside the requests: SQS, secrets, tokens.</summary>
    private const int ForCalls = 8;

    private readonly LinkedList<PooledConnection> resting = [];
    private readonly Gate places = new(loop, MostOf(loop));

    /// <summary>Requests that can be under way at once.</summary>
    public int MostRequests { get; } = Math.Max(1, MostOf(loop) - ForCalls);

    /// <summary>A place for each connection that is open, or is being opened.</summary>
    public Gate Places => places;

    /// <summary>Waits until one more may be opened.</summary>
    public ValueTask<bool> EnterAsync()
    {
        if (places.IsFull) resting.First?.Value.Drop();
        return places.EnterAsync();
    }

    /// <summary>One was closed, or could not be opened.</summary>
    public void Leave() => places.Leave();

    /// <summary>A connection begins to rest.</summary>
    /// <returns>False: it is to be closed, since a new one waits.</returns>
    public bool TryRest(LinkedListNode<PooledConnection> connection)
    {
        if (places.IsWaitedFor) return false;

        resting.AddLast(connection);
        return true;
    }

    /// <summary>A connection that rested is taken, or closed.</summary>
    public void EndRest(LinkedListNode<PooledConnection> connection)
    {
        if (connection.List is not null) resting.Remove(connection);
    }

    private static int MostOf(Loop loop) => Math.Max(ForCalls, loop.Driver.Descriptors - Others - (ForLookUp * NameService.AtOnce(loop.Driver)));
}
