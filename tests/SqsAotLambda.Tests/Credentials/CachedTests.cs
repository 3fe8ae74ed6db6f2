using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Credentials;

/// <summary>Each value is the number of its fetch.</summary>
public sealed class CachedTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly List<string> kept = [];
    private readonly Cached<int> cached;
    private Func<Deadline, Task> onFetch = _ => Task.CompletedTask;
    private TimeSpan usableFor = TimeSpan.FromDays(1);
    private int fetches;

    public CachedTests() => cached = new(FetchAsync, kept.Add, TestLoop.Here);

    private static Deadline End => Deadline.Never;

    [Fact(Timeout = 30_000)]
    public async Task It_is_fetched_when_it_is_needed_and_kept_while_it_is_fresh()
    {
        Assert.Equal(0, fetches);
        Assert.Equal(1, await cached.GetAsync(End));
        time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Equal(1, await cached.GetAsync(End));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, await cached.GetAsync(End));
    }

    [Fact(Timeout = 30_000)]
    public async Task Fifty_callers_at_once_make_one_fetch()
    {
        var gate = new TaskCompletionSource();
        onFetch = _ => gate.Task;

        var callers = Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await cached.GetAsync(End))).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(callers), value => Assert.Equal(1, value));
        Assert.Equal(1, fetches);
    }

    [Fact(Timeout = 30_000)]
    public async Task Fifty_callers_at_once_share_one_failure()
    {
        var gate = new TaskCompletionSource();
        onFetch = _ => gate.Task;
        var callers = Enumerable.Range(0, 50).Select(_ => cached.GetAsync(End).AsTask()).ToList();

        gate.SetException(new CredentialException("It broke."));

        foreach (var caller in callers) Assert.Equal("It broke.", (await Assert.ThrowsAsync<CredentialException>(() => caller)).Message);
        Assert.Equal(1, fetches);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_a_failure_the_next_caller_tries_again()
    {
        onFetch = _ => throw new CredentialException("It broke.");
        await Assert.ThrowsAsync<CredentialException>(async () => await cached.GetAsync(End));
        onFetch = _ => Task.CompletedTask;

        Assert.Equal(2, await cached.GetAsync(End));
    }

    [Fact(Timeout = 30_000)]
    public async Task When_it_cannot_be_fetched_anew_the_old_one_is_used_on_and_that_is_told_once_a_pause()
    {
        await cached.GetAsync(End);
        time.Advance(TimeSpan.FromMinutes(5));
        onFetch = _ => throw new CredentialException("It broke.");

        for (var each = 0; each < 10; each++) Assert.Equal(1, await cached.GetAsync(End));
        Assert.Equal((2, 1), (fetches, kept.Count));

        time.Advance(Cached<int>.Pause);
        Assert.Equal(1, await cached.GetAsync(End));
        Assert.Equal((3, 2), (fetches, kept.Count));
        Assert.All(kept, why => Assert.Equal("It broke.", why));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_of_no_more_use_is_not_used_on()
    {
        usableFor = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(10);
        await cached.GetAsync(End);
        time.Advance(TimeSpan.FromMinutes(5));
        onFetch = _ => throw new CredentialException("It broke.");
        Assert.Equal(1, await cached.GetAsync(End));

        time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<CredentialException>(async () => await cached.GetAsync(End));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refused_one_is_fetched_anew_once()
    {
        await cached.GetAsync(End);
        time.Advance(Cached<int>.Pause);

        for (var each = 0; each < 10; each++)
        {
            cached.Refused();
            Assert.Equal(2, await cached.GetAsync(End));
        }

        Assert.Equal(2, fetches);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_refusal_of_what_was_fetched_just_now_is_followed_after_the_pause()
    {
        await cached.GetAsync(End);
        time.Advance(Cached<int>.Pause - TimeSpan.FromTicks(1));

        cached.Refused();

        Assert.Equal(1, await cached.GetAsync(End));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, await cached.GetAsync(End));
    }

    [Fact(Timeout = 30_000)]
    public async Task Refusals_during_an_outage_do_not_become_a_stream_of_fetches()
    {
        await cached.GetAsync(End);
        time.Advance(Cached<int>.Pause);
        onFetch = _ => throw new CredentialException("It broke.");

        for (var each = 0; each < 10; each++)
        {
            cached.Refused();
            Assert.Equal(1, await cached.GetAsync(End));
        }

        Assert.Equal(2, fetches);
    }

    [Fact]
    public void A_refusal_before_there_is_one_changes_nothing()
    {
        cached.Refused();

        Assert.Equal(0, fetches);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_caller_whose_deadline_passes_leaves_the_fetch_to_the_next()
    {
        var deadline = new PassableDeadline();
        var gate = new TaskCompletionSource();
        onFetch = async until =>
        {
            if (fetches > 1) return;

            await gate.Task;
            if (until.HasPassed) throw new OutOfTimeException();
        };
        var first = cached.GetAsync(deadline.Value).AsTask();
        var second = cached.GetAsync(End).AsTask();
        deadline.Pass();
        gate.SetResult();

        await Assert.ThrowsAsync<OutOfTimeException>(() => first);
        Assert.Equal(2, await second);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failure_at_a_deadline_is_that_of_its_caller_alone()
    {
        var deadline = new PassableDeadline();
        var gate = new TaskCompletionSource();
        onFetch = async _ =>
        {
            if (fetches > 1) return;

            await gate.Task;
            throw new CredentialException("Cancelled.");
        };
        var first = cached.GetAsync(deadline.Value).AsTask();
        var second = cached.GetAsync(End).AsTask();
        deadline.Pass();
        gate.SetResult();

        await Assert.ThrowsAsync<OutOfTimeException>(() => first);
        Assert.Equal(2, await second);
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_waits_for_another_does_so_until_its_own_deadline()
    {
        var deadline = new PassableDeadline();
        var gate = new TaskCompletionSource();
        onFetch = _ => gate.Task;
        var first = cached.GetAsync(End).AsTask();
        var second = cached.GetAsync(deadline.Value).AsTask();

        deadline.Pass();

        await Assert.ThrowsAsync<OutOfTimeException>(() => second);
        gate.SetResult();
        Assert.Equal(1, await first);
    }

    private async Task<Fetched<int>> FetchAsync(Deadline deadline)
    {
        var number = Interlocked.Increment(ref fetches);
        await onFetch(deadline);
        return new(number, time.GetUtcNow() + TimeSpan.FromMinutes(5), time.GetUtcNow() + usableFor);
    }
}
