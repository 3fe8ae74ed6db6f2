using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace SqsAotLambda.Io;

/// <summary>
/// For <c>async ValueTask</c> methods on the path of a message: a call that has to wait takes its state from a pool, and gives it back when it
/// was awaited. .NET's own pooling builder keeps about one state a processor, and ten lanes need more. On the loop's thread alone: there are no
/// locks, and no execution context flows.
/// </summary>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls these members on an instance.")]
internal struct LoopMethodBuilder<T>
{
    /// <summary>Null: the call never waited. Else its <see cref="PooledCall{T}"/>, or the exception of a call that never waited.</summary>
    private object? state;
    private T result;

    public readonly ValueTask<T> Task => state switch
    {
        null => new(result),
        PooledCall<T> call => new(call, call.Version),
        var exception => ValueTask.FromException<T>((Exception)exception),
    };

    /// <summary>As <see cref="Task"/>, without the result.</summary>
    public readonly ValueTask WithoutResult => state switch
    {
        null => default,
        PooledCall<T> call => new(call, call.Version),
        var exception => ValueTask.FromException((Exception)exception),
    };

    public static LoopMethodBuilder<T> Create() => default;

    public readonly void Start<TStateMachine>(ref TStateMachine machine)
        where TStateMachine : IAsyncStateMachine => machine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine machine) => _ = machine;

    public void SetResult(T value)
    {
        if (state is PooledCall<T> call) call.End(value, exception: null);
        else result = value;
    }

    public void SetException(Exception exception)
    {
        if (state is PooledCall<T> call) call.End(default!, exception);
        else state = exception;
    }

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine machine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.OnCompleted(Suspend(ref machine));

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => awaiter.UnsafeOnCompleted(Suspend(ref machine));

    private Action Suspend<TStateMachine>(ref TStateMachine machine)
        where TStateMachine : IAsyncStateMachine
    {
        if (state is PooledCall<T> suspended) return suspended.GoOn;

        var call = PooledCall<T, TStateMachine>.Take();
        // Before the copy, because this builder is a field of the machine.
        state = call;
        call.Keep(ref machine);
        return call.GoOn;
    }
}

/// <summary>The same for <c>async ValueTask</c> methods without a result.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls these members on an instance.")]
internal struct LoopMethodBuilder
{
    private LoopMethodBuilder<bool> builder;

    public readonly ValueTask Task => builder.WithoutResult;

    public static LoopMethodBuilder Create() => default;

    public readonly void Start<TStateMachine>(ref TStateMachine machine)
        where TStateMachine : IAsyncStateMachine => machine.MoveNext();

    public readonly void SetStateMachine(IAsyncStateMachine machine) => builder.SetStateMachine(machine);

    public void SetResult() => builder.SetResult(true);

    public void SetException(Exception exception) => builder.SetException(exception);

    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine machine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine => builder.AwaitOnCompleted(ref awaiter, ref machine);

    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine machine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine => builder.AwaitUnsafeOnCompleted(ref awaiter, ref machine);
}
