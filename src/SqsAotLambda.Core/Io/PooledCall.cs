using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace SqsAotLambda.Io;

/// <summary>A call that waits, or is over and not yet awaited.</summary>
internal abstract class PooledCall<T> : IValueTaskSource<T>, IValueTaskSource
{
    private Action<object?>? continuation;
    private object? continuationState;
    private Exception? exception;
    private T result = default!;
    private bool isOver;

    protected PooledCall() => GoOn = MoveNext;

    public Action GoOn { get; }

    /// <summary>Of the present call: an earlier one can't be awaited any longer.</summary>
    public short Version { get; private set; }

    public void End(T value, Exception? exception)
    {
        (result, this.exception, isOver) = (value, exception, true);
        var goOn = continuation;
        continuation = null;
        goOn?.Invoke(continuationState);
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => Status(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => Status(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        OnOver(continuation, state, token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        OnOver(continuation, state, token);

    T IValueTaskSource<T>.GetResult(short token) => GetResult(token);

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    protected abstract void MoveNext();

    /// <summary>The call is let go of, and this object may be another's from now on.</summary>
    protected abstract void GiveBack();

    private ValueTaskSourceStatus Status(short token) => token != Version ? throw NotThis()
        : !isOver ? ValueTaskSourceStatus.Pending
        : exception is null ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Faulted;

    private void OnOver(Action<object?> goOn, object? state, short token)
    {
        if (token != Version || continuation is not null) throw NotThis();

        continuationState = state;
        if (isOver) goOn(state);
        else continuation = goOn;
    }

    private T GetResult(short token)
    {
        if (token != Version || !isOver) throw NotThis();

        var (value, thrown) = (result, exception);
        Version++;
        (isOver, continuationState, exception, result) = (false, null, null, default!);
        GiveBack();
        if (thrown is not null) ExceptionDispatchInfo.Throw(thrown);
        return value;
    }

    /// <summary>This object may be another call's by now, which must not suffer for it.</summary>
    private static InvalidOperationException NotThis() => new("The call is awaited twice, or before it is over.");
}

/// <summary>A call of one method, with its state.</summary>
internal sealed class PooledCall<T, TStateMachine> : PooledCall<T>
    where TStateMachine : IAsyncStateMachine
{
    /// <summary>Of each thread its own: in tests each loop has a thread.</summary>
    [ThreadStatic]
    private static Stack<PooledCall<T, TStateMachine>>? free;

    /// <summary>A property would hand out a copy, and the machine has to go on where it is.</summary>
    private TStateMachine machine = default!;

    public void Keep(ref TStateMachine running) => machine = running;

    public static PooledCall<T, TStateMachine> Take() => (free ??= new()).TryPop(out var call) ? call : new();

    protected override void MoveNext() => machine.MoveNext();

    protected override void GiveBack()
    {
        machine = default!;
        (free ??= new()).Push(this);
    }
}
