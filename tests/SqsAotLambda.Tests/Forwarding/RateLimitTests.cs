using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class RateLimitTests
{
    private readonly FakeTimeProvider time = Given.Clock();

    [Fact(Timeout = 30_000)]
    public async Task Requests_that_are_far_enough_apart_do_not_wait()
    {
        var rate = new RateLimit(perSecond: 4, TestLoop.Here);
        for (var request = 0; request < 10; request++)
        {
            Assert.True(rate.WaitAsync(Deadline.Never).IsCompletedSuccessfully);
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        Assert.True(await rate.WaitAsync(Deadline.Never));
    }

    [Fact(Timeout = 30_000)]
    public async Task Requests_go_out_at_the_rate()
    {
        var rate = new RateLimit(perSecond: 4, TestLoop.Here);
        var turns = Enumerable.Range(0, 9).Select(_ => rate.WaitAsync(Deadline.Never)).ToList();

        for (var turn = 0; turn < turns.Count; turn++)
        {
            Assert.True(await turns[turn]);
            time.Advance(TimeSpan.FromMilliseconds(249));
            Assert.DoesNotContain(turns.Skip(turn + 1), later => later.IsCompleted);
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    /// <summary>The loop's clock has whole milliseconds, in which there are several turns.</summary>
    [Fact]
    public void A_rate_of_several_turns_a_millisecond_is_kept()
    {
        using var network = new SimulatedNetwork(seed: 1);
        var loop = new Loop(network);
        var rate = new RateLimit(perSecond: 2_500, loop);

        var took = loop.Run(async () =>
        {
            for (var turn = 0; turn <= 5_000; turn++) Assert.True(await rate.WaitAsync(Deadline.Never));
            return loop.Now;
        });

        Assert.Equal(2_000, took);
    }

    [Fact(Timeout = 30_000)]
    public async Task Idle_time_makes_no_burst()
    {
        var rate = new RateLimit(perSecond: 4, TestLoop.Here);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(await rate.WaitAsync(Deadline.Never));

        Assert.False(rate.WaitAsync(Deadline.Never).IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_that_comes_after_the_deadline_is_none()
    {
        var deadline = Deadline.After(TimeSpan.FromMilliseconds(900), time);
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await rate.WaitAsync(deadline);

        var second = rate.WaitAsync(deadline);

        Assert.False(second.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(901));
        Assert.False(await second);
    }

    [Fact(Timeout = 30_000)]
    public async Task Turns_that_came_too_late_are_given_back()
    {
        var deadline = Deadline.After(TimeSpan.FromMilliseconds(900), time);
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await rate.WaitAsync(deadline);
        var late = Enumerable.Range(0, 100).Select(_ => rate.WaitAsync(deadline)).ToList();
        time.Advance(TimeSpan.FromMilliseconds(901));
        Assert.All(await Task.WhenAll(late), Assert.False);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(rate.WaitAsync(Deadline.Never).IsCompletedSuccessfully);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_is_given_back_when_the_clock_is_past_the_deadline_and_its_timer_is_late()
    {
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        var passed = new Deadline(time.GetUtcNow(), time);

        Assert.False(await rate.WaitAsync(passed));

        Assert.True(rate.WaitAsync(Deadline.Never).IsCompletedSuccessfully);
    }
}
