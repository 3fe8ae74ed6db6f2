using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>From when on nothing more may begin. The clock tells, because timers of a function that is short of CPU come late.</summary>
internal readonly record struct Deadline(DateTimeOffset At, TimeProvider Time)
{
    public static readonly Deadline Never = new(DateTimeOffset.MaxValue, TimeProvider.System);

    /// <summary>A function runs 15 minutes at most: see https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html.</summary>
    private static readonly TimeSpan LongestInvocation = TimeSpan.FromMinutes(15);

    /// <summary>Of the message that has this deadline; null: it holds none.</summary>
    public Slot? Slot { get; init; }

    /// <summary>Of the message that has this deadline.</summary>
    public Patience Patience { get; init; }

    public bool HasPassed => Time.GetUtcNow() >= At;

    /// <summary>For a timer, which may come some milliseconds before the clock. Zero when the deadline has passed.</summary>
    public TimeSpan Remaining => TimeSpan.FromTicks(Math.Clamp((At - Time.GetUtcNow()).Ticks, 0, LongestInvocation.Ticks));

    public static Deadline After(TimeSpan time, TimeProvider provider) => new(provider.GetUtcNow() + time, provider);

    /// <summary>This one, or a time from now where that comes first.</summary>
    public Deadline OrAfter(TimeSpan time) => Time.GetUtcNow() + time is var at && at < At ? this with { At = at } : this;

    /// <summary>Waits for what may never come, and lends the slot to others meanwhile.</summary>
    /// <param name="from">By the loop's clock: from when on it is lent; 0: at once.</param>
    public ValueTask<T> WithoutSlotAsync<T>(ValueTask<T> wait, long from = 0) =>
        Slot is null || wait.IsCompleted ? wait : Slot.LendDuringAsync(wait, from);

    /// <summary>The deadline by the loop's clock.</summary>
    public long On(Loop loop) => loop.After(Remaining);
}

/// <summary>Whether a message waits for a server that refuses connections.</summary>
internal enum Patience
{
    /// <summary>Unless it was waited for in vain shortly before.</summary>
    Usual = 0,

    None,

    /// <summary>In any case: there is no other chance.</summary>
    Always,
}

/// <summary>The deadline came before a message could be sent: while it was looked through, or while a secret or a token for it was awaited.</summary>
internal sealed class OutOfTimeException : Exception;
