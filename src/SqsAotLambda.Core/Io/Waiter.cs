using System.Threading.Tasks.Sources;

namespace SqsAotLambda.Io;

/// <summary>
/// A place where one method at a time waits for a signal of the loop, used again and again without allocating. Who waits goes on inline, out of
/// <see cref="Signal"/>. A signal that comes while nobody waits is kept for the next who does: each change is told once.
/// </summary>
internal sealed class Waiter : IValueTaskSource
{
    private Action<object?>? continuation;
    private object? state;
    private bool isWaited, isSignalled, isKept;
    private short version;

    /// <exception cref="InvalidOperationException">Another one waits.</exception>
    public ValueTask WaitAsync()
    {
        if (isKept)
        {
            isKept = false;
            return default;
        }

        if (isWaited) throw new InvalidOperationException("Two methods wait in one place.");

        isWaited = true;
        return new(this, version);
    }

    /// <summary>Wakes who waits. To be called last: everything may have changed when it returns.</summary>
    public void Signal()
    {
        if (!isWaited)
        {
            isKept = true;
            return;
        }

        isSignalled = true;
        var goOn = continuation;
        continuation = null;
        goOn?.Invoke(state);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) =>
        token != version ? throw NotThis() : isSignalled ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != version || this.continuation is not null) throw NotThis();

        this.state = state;
        if (isSignalled) continuation(state);
        else this.continuation = continuation;
    }

    void IValueTaskSource.GetResult(short token)
    {
        if (token != version || !isSignalled) throw NotThis();

        (isWaited, isSignalled, state) = (false, false, null);
        version++;
    }

    private static InvalidOperationException NotThis() => new("The wait is awaited twice, or before it is over.");
}
