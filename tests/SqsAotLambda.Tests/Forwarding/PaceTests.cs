using SqsAotLambda.Forwarding;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The rate that is learnt from an endpoint's answers; in simulated time.</summary>
public sealed class PaceTests : IDisposable
{
    private static readonly Delivery Delivered = new(Outcome.Delivered, 200);
    private static readonly Delivery Throttled = new(Outcome.Throttled, 429);

    private readonly SimulatedNetwork network = new(seed: 1);
    private readonly Loop loop;
    private readonly Pace pace;

    public PaceTests()
    {
        loop = new(network);
        pace = new(on: true, loop);
    }

    public void Dispose() => network.Dispose();

    [Fact]
    public void Without_a_throttle_there_are_no_turns() => Run(async () =>
    {
        for (var message = 0; message < 1000; message++) pace.Record(Delivered);

        Assert.False(pace.IsOn);
        Assert.True(await pace.TurnAsync(lastReceive: false, loop.Now));
    });

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1, 1000)]
    [InlineData(20, 50)]
    public void At_the_first_throttle_the_rate_is_what_was_accepted_in_the_last_second_and_at_least_one_a_second(int accepted, int interval) =>
        Run(async () =>
        {
            for (var message = 0; message < 100; message++) pace.Record(Delivered);
            await PassAsync(1_100);
            for (var message = 0; message < accepted; message++)
            {
                pace.Record(Delivered);
                await PassAsync(40);
            }

            pace.Record(Throttled);

            await AssertTurnsAsync(interval, interval, interval);
        });

    [Fact]
    public void A_success_that_says_the_quota_is_spent_slows_it_too() => Run(() =>
    {
        pace.Record(Delivered with { QuotaSpent = true });

        Assert.True(pace.IsOn);
        return Task.CompletedTask;
    });

    [Fact]
    public void Each_further_throttle_takes_three_tenths_of_it_at_most_once_in_half_a_second() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        await PassAsync(499);
        pace.Record(Throttled);
        await AssertTurnsAsync(0, 49, 50);

        await PassAsync(401);
        pace.Record(Throttled);
        pace.Record(Throttled);

        // 14 a second.
        await TurnsAsync(1);
        Assert.InRange((await TurnsAsync(7)).Sum(), 499, 501);
    });

    [Fact]
    public void Half_a_second_after_a_throttle_the_next_one_counts() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        await PassAsync(500);

        pace.Record(Throttled);

        await TurnsAsync(1);
        Assert.InRange((await TurnsAsync(7)).Sum(), 499, 501);
    });

    [Fact]
    public void Of_a_steady_stream_only_the_last_second_counts() => Run(async () =>
    {
        for (var message = 0; message < 35; message++)
        {
            pace.Record(Delivered);
            await PassAsync(100);
        }

        pace.Record(Delivered);
        pace.Record(Throttled);

        await AssertTurnsAsync(100, 100, 100);
    });

    [Fact]
    public void What_was_accepted_before_a_pause_of_many_seconds_does_not_count() => Run(async () =>
    {
        for (var message = 0; message < 100; message++)
        {
            pace.Record(Delivered);
            await PassAsync(10);
        }

        await PassAsync(5_000);
        pace.Record(Throttled);

        await AssertTurnsAsync(1000, 1000);
    });

    [Theory]
    [InlineData("Unavailable")]
    [InlineData("Rejected")]
    public void What_the_endpoint_does_not_accept_lets_it_not_grow(string outcome) => Run(async () =>
    {
        await ThrottleAtAsync(20);
        for (var passed = 0; passed < 1_000; passed += 50)
        {
            await PassAsync(50);
            pace.Record(new(Enum.Parse<Outcome>(outcome)));
        }

        await TurnsAsync(1);
        await AssertTurnsAsync(49, 50);
    });

    [Fact]
    public void Who_waits_has_the_turn_sooner_when_it_grows() => Run(async () =>
    {
        pace.Record(Throttled);
        var (start, waits) = (loop.Now, pace.TurnAsync(lastReceive: false, Loop.Never).AsTask());
        for (var passed = 0; passed < 400; passed += 50)
        {
            await PassAsync(50);
            pace.Record(Delivered);
        }

        await waits;

        Assert.InRange(loop.Now - start, 500, 600);
    });

    [Fact]
    public void It_never_falls_below_one_a_second() => Run(async () =>
    {
        for (var throttle = 0; throttle < 10; throttle++)
        {
            pace.Record(Throttled);
            await PassAsync(500);
        }

        await TurnsAsync(1);
        await AssertTurnsAsync(999, 1000);
    });

    [Theory]
    [InlineData(20, 40, 29)]
    [InlineData(2, 400, 4)]
    public void While_requests_succeed_it_grows_by_half_a_second_and_at_least_by_two(int rate, int every, int after) => Run(async () =>
    {
        await ThrottleAtAsync(rate);
        for (var passed = 0; passed < 1_000; passed += every)
        {
            await PassAsync(every);
            pace.Record(Delivered);
        }

        await TurnsAsync(1);
        Assert.InRange((await TurnsAsync(1))[0], 1000 / (after * 1.3), 1000 / (after * 0.9));
    });

    [Fact]
    public void A_pause_without_requests_lets_it_grow_by_no_more_than_a_second_does() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        await PassAsync(50_000);

        pace.Record(Delivered);

        await TurnsAsync(1);
        await AssertTurnsAsync(33, 33);
    });

    [Fact]
    public void After_a_minute_without_a_throttle_it_ends() => Run(async () =>
    {
        pace.Record(Throttled);
        await PassAsync(59_999);
        Assert.True(pace.IsOn);

        await PassAsync(1);

        Assert.False(pace.IsOn);
    });

    [Fact]
    public void A_message_on_its_last_receive_takes_the_next_turn_before_all_others() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        var order = new List<string>();
        var all = Task.WhenAll(TakeAsync("first", last: false), TakeAsync("second", last: false), TakeAsync("last", last: true));

        await all;

        Assert.Equal(["last", "first", "second"], order);

        async Task TakeAsync(string name, bool last)
        {
            Assert.True(await pace.TurnAsync(last, Loop.Never));
            order.Add(name);
        }
    });

    [Fact]
    public void Who_gives_up_takes_no_turn() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        var early = pace.TurnAsync(lastReceive: false, loop.Now + 10).AsTask();
        var waits = pace.TurnAsync(lastReceive: false, Loop.Never).AsTask();
        var start = loop.Now;

        Assert.False(await early);
        Assert.True(await waits);

        Assert.Equal(50, loop.Now - start);
    });

    [Fact]
    public void Turns_that_nobody_took_are_not_kept_for_later() => Run(async () =>
    {
        await ThrottleAtAsync(20);
        await PassAsync(1_000);

        await AssertTurnsAsync(0, 49, 50);
    });

    [Fact]
    public void Switched_off_it_learns_nothing()
    {
        var off = new Pace(on: false, loop);
        for (var answer = 0; answer < 100; answer++) off.Record(Throttled);

        Assert.False(off.IsOn);
    }

    private void Run(Func<Task> test) => loop.Run(test);

    private async Task PassAsync(int milliseconds) => await loop.WaitUntilAsync(loop.Now + milliseconds);

    /// <summary>The first throttle, after so many were accepted within a second.</summary>
    private async Task ThrottleAtAsync(int rate)
    {
        await PassAsync(5_000);
        for (var message = 0; message < rate; message++) pace.Record(Delivered);
        pace.Record(Throttled);
    }

    private async Task AssertTurnsAsync(params long[] waits) => Assert.Equal(waits, await TurnsAsync(waits.Length));

    /// <summary>How long each of so many waits for its turn behind the one before, in milliseconds.</summary>
    private async Task<long[]> TurnsAsync(int count)
    {
        var waits = new long[count];
        for (var turn = 0; turn < count; turn++)
        {
            var start = loop.Now;
            Assert.True(await pace.TurnAsync(lastReceive: false, Loop.Never));
            waits[turn] = loop.Now - start;
        }

        return waits;
    }
}
