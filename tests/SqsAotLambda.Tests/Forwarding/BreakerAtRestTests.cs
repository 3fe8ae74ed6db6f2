using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>A breaker that is closed or at rest, what does not speak of the endpoint, and clocks that are set.</summary>
public sealed class BreakerAtRestTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly Breaker breaker = new(on: true, TestLoop.Here);

    [Fact]
    public void Closed_it_does_not_pause_though_a_probe_is_under_way()
    {
        Fail(20);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Admission.Probe, breaker.Admit(lastReceive: false, DateTimeOffset.MaxValue));
        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Assert.Equal((false, false, TimeSpan.Zero), (breaker.IsPausing, breaker.MayWait(DateTimeOffset.MaxValue), breaker.OpenFor));
    }

    [Fact]
    public void After_its_time_nothing_is_left_of_it()
    {
        Fail(20);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal((true, TimeSpan.Zero), (breaker.IsPausing, breaker.OpenFor));
    }

    [Fact]
    public void A_connection_that_the_server_had_ended_speaks_for_nothing()
    {
        var dead = new Delivery(Outcome.Unavailable, IsOfDeadConnection: true);
        for (var request = 0; request < 100; request++) breaker.Record(Admission.Yes, dead);
        Assert.True(breaker.IsAtRest);
        Fail(20);
        time.Advance(TimeSpan.FromSeconds(1));

        breaker.Record(breaker.Admit(lastReceive: false, DateTimeOffset.MaxValue), dead);

        Assert.Equal(Admission.Probe, breaker.Admit(lastReceive: false, DateTimeOffset.MaxValue));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_probe_that_its_route_rejects_without_a_request_is_followed_by_the_next_that_waits()
    {
        Fail(20);
        var (first, second) = (ChangeAsync(), ChangeAsync());
        time.Advance(TimeSpan.FromSeconds(1));

        breaker.Record(await first, new(Outcome.Rejected));

        Assert.Equal(Admission.Probe, await second);
    }

    [Fact(Timeout = 30_000)]
    public async Task It_is_at_rest_when_it_is_closed_without_a_fault_and_nobody_waits()
    {
        Assert.True(breaker.IsAtRest);
        Fail(1);
        Assert.False(breaker.IsAtRest);
        Fail(19);
        var waiting = ChangeAsync();
        Assert.False(breaker.IsAtRest);

        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        await waiting;
        Assert.True(breaker.IsAtRest);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_clock_that_is_set_back_makes_a_pause_longer_and_nobody_is_forgotten()
    {
        var clock = TestLoop.Follow(new SkewedClock(time));
        Fail(20);
        var waiting = ChangeAsync();
        clock.Skew = TimeSpan.FromMilliseconds(-500);
        time.Advance(TimeSpan.FromSeconds(1));
        for (var turn = 0; turn < 3; turn++) await TestLoop.Here.NextTurnAsync();
        Assert.False(waiting.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(Admission.Probe, await waiting);
    }

    private Task<Admission> ChangeAsync() => breaker.ChangeAsync(lastReceive: false, DateTimeOffset.MaxValue).AsTask();

    private void Fail(int times)
    {
        for (var fault = 0; fault < times; fault++) breaker.Record(Admission.Yes, new(Outcome.Unavailable));
    }

    /// <summary>The time of day is ahead of the time that passes, or behind it.</summary>
    private sealed class SkewedClock(TimeProvider inner) : TimeProvider
    {
        public TimeSpan Skew { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Skew;
    }
}
