namespace SqsAotLambda.Http;

/// <summary>
/// The first TLS handshake with an origin. Those wanted beside it wait for the session that it brings, with which they take half the CPU.
/// A server gives the session a round trip after the handshake, and it is read with the first response.
/// </summary>
internal sealed class FirstHandshake
{
    private readonly TaskCompletionSource<TimeSpan> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PooledConnection? connection;

    /// <param name="took">For TCP and TLS: two round trips at least.</param>
    public void Connected(PooledConnection made, TimeSpan took)
    {
        connection = made;
        connected.SetResult(took);
    }

    public bool IsOf(PooledConnection pooled) => ReferenceEquals(pooled, connection);

    /// <summary>An exchange on the connection is over.</summary>
    public void EndWith(PooledConnection pooled)
    {
        if (IsOf(pooled)) answered.TrySetResult();
    }

    /// <summary>There will be no session from it.</summary>
    public void End()
    {
        connected.TrySetResult(TimeSpan.Zero);
        answered.TrySetResult();
    }

    /// <summary>Waits until the session is there. Where the answer is slow it must have come by then: as long after as connecting took.</summary>
    public async Task SessionAsync(TimeProvider time, CancellationToken deadline)
    {
        var took = await connected.Task.WaitAsync(deadline);
        await Task.WhenAny(answered.Task, Task.Delay(took, time, deadline));
    }
}
