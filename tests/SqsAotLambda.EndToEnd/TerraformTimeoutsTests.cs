using SqsAotLambda.EndToEnd.Support;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.EndToEnd;

/// <summary>
/// The Terraform module plans for what the function can do at worst, and not for much more. The function's own classes say what that is.
/// </summary>
public sealed class TerraformTimeoutsTests
{
    private const int Seed = 20261130, Chains = 1000;

    /// <summary>
    /// In seconds. The module rounds up to a millisecond, and the function does so with each wait of a batch.
    /// </summary>
    private const double Rounding = 0.1;

    /// <summary>In seconds. So late a queue with a backlog may give a message out again.</summary>
    private const double Late = 900;

    private static readonly Lazy<Task<IEnumerable<(TimeoutChain Chain, TimeoutPlan Plan)>>> Plans = new(async () =>
    {
        var random = new Random(Seed);
        var chains = Enumerable.Range(0, Chains).Select(_ => TimeoutChain.Any(random)).ToList();
        return chains.Zip(await TimeoutPlan.OfAsync(chains));
    });

    private static readonly TimeSpan LongestPause = LongestPauseOf();

    [Fact(Timeout = 120_000)]
    public async Task A_batch_whose_requests_take_all_their_time_lasts_as_long_as_planned()
    {
        Repository.RequireTerraform();
        foreach (var (chain, plan) in await Plans.Value)
        {
            var real = (LastsAfter(messages: 0, chain) + chain.Settings.DeadlineMargin).TotalSeconds;
            var fits = Math.Abs(plan.BatchWorstCase - real) < Rounding;
            Assert.True(fits, $"seed {Seed}, {chain}: {plan}, and it may last {real} s");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_derived_function_timeout_cuts_no_request_not_even_right_after_another_batch()
    {
        Repository.RequireTerraform();
        foreach (var (chain, plan) in await Plans.Value)
        {
            if (chain.FunctionTimeout is not null || plan.Function == 900) continue;

            var real = LastsAfter(messages: 1, chain) + chain.Settings.DeadlineMargin;
            Assert.True(real < TimeSpan.FromSeconds(plan.Function), $"seed {Seed}, {chain}: {plan}, and it may last {real}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Receives_last_no_longer_than_planned_and_not_much_shorter()
    {
        Repository.RequireTerraform();
        foreach (var (chain, plan) in await Plans.Value)
        {
            var backoff = chain.Settings.Backoff;

            var intervals = Enumerable.Range(1, chain.MaxReceiveCount - 1).Select(receive => LongestInterval(chain, plan, backoff, receive)).ToList();

            var real = intervals.Sum();
            var most = chain.Window + (1.5 * intervals.Sum(interval => Math.Max(Late, interval)));
            Assert.True(plan.ReceivesLast >= real && plan.ReceivesLast <= most, $"seed {Seed}, {chain}: {plan}, and they may last {real} s");
        }
    }

    /// <summary>
    /// Until the last request of a batch ends, right after so many messages. All take as long, so those under way end in the order in which they
    /// began.
    /// </summary>
    private static TimeSpan LastsAfter(int messages, TimeoutChain chain)
    {
        using var network = new SimulatedNetwork(seed: 0);
        var loop = new Loop(network);
        var settings = chain.Settings;
        var (atOnce, timeout) = (chain.Fifo ? 1 : settings.Concurrency, settings.Routes.Max(route => route.Timeout));
        var rate = settings.RateLimit is { } perSecond ? new RateLimit(perSecond, loop) : null;
        return loop.Run(async () =>
        {
            if (rate is not null) await Task.WhenAll(Enumerable.Range(0, messages).Select(_ => rate.WaitAsync(Deadline.Never)));

            var (start, ends) = (network.Time.GetUtcNow(), new Queue<long>());
            for (var message = 0; message < chain.BatchSize; message++)
            {
                if (ends.Count == atOnce) await loop.WaitUntilAsync(ends.Dequeue());
                if (rate is not null) Assert.True(await rate.WaitAsync(Deadline.Never));
                ends.Enqueue(loop.After(timeout));
            }

            await loop.WaitUntilAsync(ends.Last());
            return network.Time.GetUtcNow() - start;
        });
    }

    /// <summary>
    /// In seconds, from a receive to the next: Lambda gathers for the whole window, and the function takes all its time before it puts the message
    /// off.
    /// </summary>
    private static double LongestInterval(TimeoutChain chain, TimeoutPlan plan, Backoff backoff, int receive)
    {
        if (backoff.Base == TimeSpan.Zero) return plan.Visibility;

        var delays =
            from delivery in new Delivery[]
            {
                new(Outcome.EndpointFault, 401),
                new(Outcome.Unavailable, 503, RetryAfter: TimeSpan.FromDays(1)),
                new(Outcome.Throttled, 429, RetryAfter: TimeSpan.FromDays(1)),
                new(Outcome.NotAttempted, Hold: Hold.Breaker),
                new(Outcome.NotAttempted, Hold: Hold.Rate),
                Delivery.NotReached,
            }
            from open in new[] { TimeSpan.Zero, LongestPause }
            from chance in new[] { 0, 1 - 1e-12 }
            // In whole seconds, as SQS takes them.
            select Math.Ceiling(backoff.DelayOf(delivery, receive, open, chance).TotalSeconds);
        return Math.Max(plan.Visibility, chain.Window + plan.Function + delays.Max());
    }

    /// <summary>Of a breaker whose probes all fail.</summary>
    private static TimeSpan LongestPauseOf()
    {
        using var network = new SimulatedNetwork(seed: 0);
        var breaker = new Breaker(on: true, new Loop(network));
        var longest = TimeSpan.Zero;
        for (var request = 0; request < 100; request++)
        {
            breaker.Record(breaker.Admit(lastReceive: false, DateTimeOffset.MaxValue), new(Outcome.EndpointFault, 401));
            longest = breaker.OpenFor > longest ? breaker.OpenFor : longest;
            network.Freeze((long)breaker.OpenFor.TotalMilliseconds);
        }

        return longest;
    }
}
