using System.Collections.Concurrent;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class DelivererTests : IDisposable
{
    private const int MaxReceiveCount = 10;

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly Endpoint endpoint;
    private readonly List<Function> functions = [];
    private readonly ConcurrentQueue<string> sent = [];
    private readonly ConcurrentQueue<(string Id, Delivery Delivery)> copied = [];

    private readonly List<Patience> patiences = [];

    /// <summary>What the endpoint makes of every message.</summary>
    private Task<Delivery> answer;

    public DelivererTests()
    {
        endpoint = Given.Endpoint(breaker: true);
        answer = Answer(Outcome.Delivered);
    }

    public void Dispose() => functions.ForEach(each => each.Dispose());

    [Fact(Timeout = 30_000)]
    public async Task While_the_breaker_is_open_a_message_is_parked()
    {
        await OpenBreakerAsync();

        var delivery = await DeliverAsync(Given.Message("a"));

        Assert.Equal(new(Outcome.NotAttempted, Hold: Hold.Breaker, Endpoint: endpoint), delivery);
        Assert.Empty(sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_on_its_last_receive_is_sent_while_the_breaker_is_open()
    {
        await OpenBreakerAsync();

        var delivery = await DeliverAsync(LastReceive("a"));

        Assert.Equal(Outcome.EndpointFault, delivery.Outcome);
        Assert.Equal(["a"], sent);
        Assert.Equal(Outcome.EndpointFault, Assert.Single(copied).Delivery.Outcome);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_failed_probe_goes_alone_and_opens_the_breaker_again()
    {
        await OpenBreakerAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        var later = new TaskCompletionSource<Delivery>();
        answer = later.Task;

        var probe = DeliverAsync(Given.Message("probe"));
        var beside = await DeliverAsync(Given.Message("beside"));
        later.SetResult(await Answer(Outcome.Unavailable));
        await probe;

        Assert.Equal(["probe"], sent);
        Assert.Equal(Hold.Breaker, beside.Hold);
        Assert.Equal(TimeSpan.FromSeconds(60), endpoint.Breaker.OpenFor);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_delivered_probe_closes_the_breaker()
    {
        await OpenBreakerAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        answer = Answer(Outcome.Delivered);

        await DeliverAsync(Given.Message("probe"));
        await DeliverAsync(Given.Message("next"));

        Assert.Equal(["probe", "next"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_waits_for_its_turn_while_the_breaker_opens_is_parked()
    {
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await OpenBreakerAsync(faults: 4);
        var later = new TaskCompletionSource<Delivery>();
        answer = later.Task;
        var first = DeliverAsync(Given.Message("first"), rate: rate);
        var waiting = DeliverAsync(Given.Message("waiting"), rate: rate);

        later.SetResult(await Answer(Outcome.EndpointFault));
        await first;
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Hold.Breaker, (await waiting).Hold);
        Assert.Equal(["first"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task Parked_messages_take_no_turns()
    {
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await OpenBreakerAsync();
        var parked = Enumerable.Range(0, 100).Select(_ => DeliverAsync(Given.Message("parked"), rate: rate)).ToList();

        var last = DeliverAsync(LastReceive("last"), rate: rate);

        Assert.All([.. parked, last], delivery => Assert.True(delivery.IsCompleted));
        Assert.Equal(["last"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_without_a_turn_before_the_deadline_is_held_for_the_rate()
    {
        var deadline = Deadline.After(TimeSpan.FromMilliseconds(900), time);
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await DeliverAsync(Given.Message("first"), deadline, rate);

        var second = DeliverAsync(Given.Message("second"), deadline, rate);
        time.Advance(TimeSpan.FromMilliseconds(901));

        Assert.Equal(new(Outcome.NotAttempted, Hold: Hold.Rate, Endpoint: endpoint), await second);
        Assert.Equal(["first"], sent);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_last_receive_without_a_turn_under_the_rate_limit_is_left_to_SQS()
    {
        var deadline = Deadline.After(TimeSpan.FromMilliseconds(900), time);
        var rate = new RateLimit(perSecond: 1, TestLoop.Here);
        await DeliverAsync(Given.Message("first"), deadline, rate);

        var last = DeliverAsync(LastReceive("last"), deadline, rate);
        time.Advance(TimeSpan.FromMilliseconds(901));

        Assert.Equal(new(Outcome.NotAttempted, Hold: Hold.Rate, Endpoint: endpoint), await last);
        Assert.Empty(copied);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false, Patience.Usual)]
    [InlineData(true, Patience.Always)]
    public async Task A_message_on_its_last_receive_waits_for_a_server_in_any_case(bool isLast, object patience)
    {
        await DeliverAsync(isLast ? LastReceive("a") : Given.Message("a"));

        Assert.Equal((Patience)patience, patiences.Single());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_probe_waits_for_no_server()
    {
        await OpenBreakerAsync();
        time.Advance(TimeSpan.FromSeconds(30));
        patiences.Clear();

        await DeliverAsync(Given.Message("probe"));

        Assert.Equal(Patience.None, patiences.Single());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_last_receive_that_the_deadline_left_is_copied()
    {
        var delivery = await DeliverAsync(LastReceive("a"), new(time.GetUtcNow(), time));

        Assert.True(delivery.IsDone);
        Assert.Equal(("a", new(Outcome.NotAttempted, Hold: Hold.Time, Endpoint: endpoint)), Assert.Single(copied));
        Assert.Empty(sent);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(11, true)]
    public async Task A_receive_beyond_the_last_counts_as_the_last(int receives, bool isCopied)
    {
        answer = Answer(Outcome.Unavailable);

        var delivery = await DeliverAsync(Given.Message("a") with { ReceiveCount = receives });

        Assert.Equal(isCopied, delivery.DeadLettered);
        Assert.Equal(isCopied ? 1 : 0, copied.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_with_a_defect_is_never_sent()
    {
        var delivery = await DeliverAsync(Given.Message("a") with { Defect = "the body is not a string" });

        Assert.Equal((Outcome.Rejected, "the body is not a string"), (delivery.Outcome, delivery.Reason));
        Assert.Empty(sent);
    }

    private static Message LastReceive(string id) => Given.Message(id) with { ReceiveCount = MaxReceiveCount };

    private Task<Delivery> Answer(Outcome outcome) => Task.FromResult(new Delivery(outcome, Endpoint: endpoint));

    private Task<Delivery> DeliverAsync(Message message, Deadline? deadline = null, RateLimit? rate = null)
    {
        Send send = (_, message, its) =>
        {
            sent.Enqueue(message.Id);
            patiences.Add(its.Patience);
            return new(answer);
        };
        Bury bury = (message, delivery, closing) =>
        {
            copied.Enqueue((message.Id, delivery));
            return Task.FromResult(!closing.Deadline.HasPassed);
        };
        var function = Given.Handler([endpoint], send, time, bury, rate: rate, maxReceiveCount: MaxReceiveCount);
        functions.Add(function);
        return Given.DeliverAsync(function, message, deadline);
    }

    /// <summary>By endpoint faults, of which five are enough; they go on.</summary>
    private async Task OpenBreakerAsync(int faults = 5)
    {
        answer = Answer(Outcome.EndpointFault);
        for (var fault = 0; fault < faults; fault++) await DeliverAsync(Given.Message("fault"));
        sent.Clear();
    }
}
