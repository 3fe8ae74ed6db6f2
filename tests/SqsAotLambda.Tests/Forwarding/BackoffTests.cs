using SqsAotLambda.Forwarding;
using SqsAotLambda.Reading;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class BackoffTests
{
    private static readonly Backoff Standard = new(TimeSpan.FromSeconds(30), TimeSpan.FromHours(2), TimeSpan.FromHours(2), MaxReceiveCount: 10);
    private static readonly Delivery Unavailable = new(Outcome.Unavailable, 503);

    [Theory]
    [InlineData(1, 30)]
    [InlineData(2, 60)]
    [InlineData(5, 480)]
    [InlineData(8, 3840)]
    [InlineData(9, 6480)]
    [InlineData(1000, 6480)]
    public void It_doubles_with_each_receive_up_to_the_cap(int receives, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Standard.DelayOf(Unavailable, receives, TimeSpan.Zero, chance: 0.5));

    [Theory]
    [InlineData(0, 24)]
    [InlineData(0.5, 30)]
    [InlineData(0.999999, 36)]
    public void Chance_moves_it_by_a_fifth(double chance, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Standard.DelayOf(Unavailable, 1, TimeSpan.Zero, chance));

    [Fact]
    public void An_endpoint_fault_waits_at_least_a_minute() =>
        Assert.Equal(TimeSpan.FromSeconds(60), Standard.DelayOf(new(Outcome.EndpointFault, 401), 1, TimeSpan.Zero, chance: 0.5));

    [Fact]
    public void A_longer_base_holds_for_endpoint_faults_too() => Assert.Equal(
        TimeSpan.FromSeconds(120),
        (Standard with { Base = TimeSpan.FromSeconds(120) }).DelayOf(new(Outcome.EndpointFault, 401), 1, TimeSpan.Zero, chance: 0.5));

    [Theory]
    [InlineData(0, 7200)]
    [InlineData(0.999, 5762)]
    public void At_the_cap_chance_only_shortens(double chance, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Standard.DelayOf(Unavailable, 9, TimeSpan.Zero, chance));

    [Theory]
    [InlineData("Unavailable", "30s", "10s")]
    [InlineData("EndpointFault", "30s", "10s")]
    [InlineData("EndpointFault", "1ms", "59s")]
    [InlineData("Unavailable", "9s", "10s")]
    [InlineData("Unavailable", "300ms", "1500ms")]
    [InlineData("Unavailable", "12h", "12h")]
    [InlineData("EndpointFault", "11h", "12h")]
    public void Nothing_waits_longer_than_the_cap_and_chance_spreads_what_would(string outcome, string first, string cap)
    {
        var backoff = new Backoff(DurationOf(first), DurationOf(cap), TimeSpan.Zero, MaxReceiveCount: null);
        var longest = TimeSpan.FromSeconds(Math.Min(Math.Floor(DurationOf(cap).TotalSeconds), 42_000));

        for (var receives = 1; receives <= 20; receives++)
        {
            var delays = Enumerable.Range(0, 80)
                .Select(step => backoff.DelayOf(new(Enum.Parse<Outcome>(outcome)), receives, TimeSpan.Zero, chance: step / 80.0)).ToList();

            Assert.InRange(delays.Max(), TimeSpan.FromSeconds(1), longest);
            // A fifth of the cap has more seconds than there are steps from 12 h on; of a short one each second is met.
            if (receives == 20) Assert.Equal(Math.Min(80, Math.Floor(longest.TotalSeconds * 0.2) + 1), delays.Distinct().Count(), tolerance: 1);
        }
    }

    [Theory]
    [InlineData("Throttled", 100, 100)]
    [InlineData("Throttled", 10, 30)]
    [InlineData("Unavailable", 100_000, 7200)]
    [InlineData("EndpointFault", 100, 60)]
    public void Retry_After_counts_for_a_throttled_or_unavailable_endpoint_up_to_its_limit(string outcome, int asked, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        Standard.DelayOf(new(Enum.Parse<Outcome>(outcome), 503, RetryAfter: TimeSpan.FromSeconds(asked)), 1, TimeSpan.Zero, chance: 0.5));

    [Theory]
    [InlineData("Time", 1, 0)]
    [InlineData("Rate", 1, 0)]
    [InlineData("Pace", 1, 0)]
    [InlineData("Pace", 2, 60)]
    [InlineData("Pause", 1, 30)]
    [InlineData("Time", 2, 60)]
    [InlineData("None", 1, 30)]
    public void For_lack_of_time_or_rate_a_first_receive_comes_back_at_once(string hold, int receives, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        Standard.DelayOf(new(Outcome.NotAttempted, Hold: Enum.Parse<Hold>(hold)), receives, TimeSpan.Zero, chance: 0.5));

    [Theory]
    [InlineData(1, 200, 200)]
    [InlineData(1, 5, 30)]
    [InlineData(6, 5, 960)]
    [InlineData(7, 5, 1920)]
    public void A_parked_message_waits_for_the_breaker_at_least(int receives, int open, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        Standard.DelayOf(new(Outcome.NotAttempted, Hold: Hold.Breaker), receives, TimeSpan.FromSeconds(open), chance: 0.5));

    [Theory]
    [InlineData(6, 2 * 60)]
    [InlineData(7, 15 * 60)]
    [InlineData(9, 15 * 60)]
    public void Parked_with_three_receives_left_or_fewer_it_waits_a_quarter_of_an_hour(int receives, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        (Standard with { Cap = TimeSpan.FromMinutes(2) })
            .DelayOf(new(Outcome.NotAttempted, Hold: Hold.Breaker), receives, TimeSpan.FromSeconds(5), chance: 0));

    [Theory]
    [InlineData(false, 5, 15 * 60)]
    [InlineData(false, 20 * 60, 20 * 60)]
    [InlineData(true, 5, 2 * 60)]
    public void What_failed_while_the_breaker_is_open_is_parked_too_but_not_for_a_pause(bool isPause, int open, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        (Standard with { Cap = TimeSpan.FromMinutes(2) }).DelayOf(Unavailable, 9, TimeSpan.FromSeconds(open), chance: 0, isPause));

    [Fact]
    public void A_suspect_rejection_waits_at_least_a_minute() =>
        Assert.Equal(TimeSpan.FromSeconds(60), Standard.DelayOf(new(Outcome.Suspect, 400), 1, TimeSpan.Zero, chance: 0.5));

    [Fact]
    public void Parked_beside_a_probe_it_still_waits_a_quarter_of_an_hour() => Assert.Equal(
        TimeSpan.FromMinutes(15),
        (Standard with { MaxReceiveCount = 5 }).DelayOf(new(Outcome.NotAttempted, Hold: Hold.Breaker), 2, breaker: TimeSpan.Zero, chance: 0.5));

    [Theory]
    [InlineData("Time")]
    [InlineData("Rate")]
    public void While_the_breaker_is_open_nothing_comes_back_at_once(string hold) => Assert.Equal(
        TimeSpan.FromSeconds(45),
        Standard.DelayOf(new(Outcome.NotAttempted, Hold: Enum.Parse<Hold>(hold)), 1, TimeSpan.FromSeconds(45), chance: 0.5));

    [Fact]
    public void Nothing_passes_what_SQS_allows() => Assert.Equal(
        TimeSpan.FromSeconds(42_000),
        (Standard with { Cap = TimeSpan.FromHours(12) }).DelayOf(Unavailable, 30, TimeSpan.Zero, chance: 0));

    private static TimeSpan DurationOf(string text) => ValueReader.ParseDuration(text, "1ms", "12h")!.Value;
}
