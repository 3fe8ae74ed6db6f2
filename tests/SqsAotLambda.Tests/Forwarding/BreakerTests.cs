using SqsAotLambda.Forwarding;
using SqsAotLambda.Requests;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class BreakerTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly Breaker breaker;

    public BreakerTests() => breaker = new(on: true, TestLoop.Here);

    [Theory]
    [InlineData("EndpointFault", 5, Admission.No, 30)]
    [InlineData("Unavailable", 20, Admission.Wait, 1)]
    public void It_opens_after_so_many_faults_in_a_row(string outcome, int faults, object admission, int seconds)
    {
        Fail(Enum.Parse<Outcome>(outcome), faults - 1);
        Assert.Equal(Admission.Yes, Admit());

        Fail(Enum.Parse<Outcome>(outcome), 1);

        Assert.Equal((Admission)admission, Admit());
        Assert.Equal(TimeSpan.FromSeconds(seconds), breaker.OpenFor);
    }

    [Fact]
    public void A_delivery_resets_the_counts()
    {
        Fail(Outcome.EndpointFault, 4);
        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Fail(Outcome.EndpointFault, 4);

        Assert.Equal(Admission.Yes, Admit());
    }

    [Fact]
    public void A_delivery_resets_the_soft_count()
    {
        Fail(Outcome.Unavailable, 19);
        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Fail(Outcome.Unavailable, 19);

        Assert.Equal(Admission.Yes, Admit());
    }

    [Fact]
    public void Faults_of_any_kind_count_together()
    {
        Fail(Outcome.EndpointFault, 4);
        Fail(Outcome.Unavailable, 15);
        Assert.Equal(Admission.Yes, Admit());

        Fail(Outcome.Unavailable, 1);

        Assert.Equal(Admission.Wait, Admit());
    }

    [Theory]
    [InlineData("""  "url":"https://example.com/{messageId}"  """, 404, 20)]
    [InlineData("""  "url":"https://example.com/{messageId}"  """, 410, 20)]
    [InlineData("""  "url":"https://example.com/{messageId}"  """, 405, 5)]
    [InlineData("""  "url":"https://example.com/{messageId}"  """, 401, 5)]
    [InlineData("""  "url":"https://example.com/fixed?id={messageId}"  """, 404, 5)]
    [InlineData("""  "url":"https://example.com/fixed"  """, 404, 5)]
    [InlineData("""  "url":"https://example.com/fixed"  """, 410, 5)]
    [InlineData("""  "url":"https://example.com/fixed","request":"message"  """, 404, 20)]
    [InlineData("""  "allowedHosts":["example.com"],"request":"message"  """, 405, 20)]
    [InlineData("""  "allowedHosts":["example.com"],"request":"message"  """, 403, 20)]
    [InlineData("""  "allowedHosts":["example.com"],"request":"message"  """, 401, 5)]
    public void Of_a_request_made_of_a_message_some_statuses_may_speak_of_that_message_alone(string members, int status, int faults)
    {
        var route = Given.Settings(new("https://example.com"), ("FORWARD_ROUTES", $$"""[{"name":"a",{{members}}}]""")).Routes[0];
        var fault = new Delivery(Outcome.EndpointFault, status, Endpoint: Given.Endpoint(route));
        for (var sent = 1; sent < faults; sent++) breaker.Record(Admission.Yes, fault);
        Assert.Equal(Admission.Yes, Admit());

        breaker.Record(Admission.Yes, fault);

        Assert.Equal(faults == 20 ? Admission.Wait : Admission.No, Admit());
    }

    [Theory]
    [InlineData("Rejected")]
    [InlineData("Suspect")]
    [InlineData("Throttled")]
    public void What_says_that_the_endpoint_is_there_does_not_count(string outcome)
    {
        Fail(Enum.Parse<Outcome>(outcome), 100);

        Assert.Equal(Admission.Yes, Admit());
    }

    [Fact]
    public void After_its_time_one_probe_may_go_and_a_delivery_closes_it()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(Admission.Probe, Admit());
        Assert.Equal(Admission.No, Admit());
        breaker.Record(Admission.Probe, new(Outcome.Delivered));

        Assert.Equal(Admission.Yes, Admit());
    }

    [Theory]
    [InlineData("Throttled", 429)]
    [InlineData("Rejected", 400)]
    [InlineData("Suspect", 400)]
    [InlineData("Dropped", 200)]
    public void A_probe_that_the_endpoint_answers_for_its_message_closes_it(string outcome, int status)
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));

        breaker.Record(Admit(), new(Enum.Parse<Outcome>(outcome), status));

        Assert.Equal(Admission.Yes, Admit());
        Fail(Outcome.EndpointFault, 4);
        Assert.Equal(Admission.Yes, Admit());
    }

    [Fact]
    public void A_probe_that_the_endpoint_wants_back_closes_it_and_elsewhere_it_counts_nothing()
    {
        var wanted = new Delivery(Outcome.Unavailable, 200, Disposition: Disposition.Retry);
        for (var request = 0; request < 100; request++) breaker.Record(Admission.Yes, wanted);
        Assert.Equal(Admission.Yes, Admit());
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));

        breaker.Record(Admit(), wanted);

        Assert.Equal(Admission.Yes, Admit());
    }

    [Theory]
    [InlineData("Rejected")]
    [InlineData("NotAttempted")]
    public void A_probe_without_a_request_leaves_room_for_another(string outcome)
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));
        breaker.Record(Admit(), new(Enum.Parse<Outcome>(outcome)));

        Assert.Equal(Admission.Probe, Admit());
    }

    [Theory]
    [InlineData("Unavailable")]
    [InlineData("EndpointFault")]
    public void A_probe_that_fails_opens_it_for_twice_as_long_up_to_15_minutes(string outcome)
    {
        Fail(Outcome.EndpointFault, 5);
        var opened = new List<double>();
        for (var probe = 0; probe < 7; probe++)
        {
            opened.Add(breaker.OpenFor.TotalSeconds);
            time.Advance(breaker.OpenFor);
            Assert.Equal(Admission.Probe, Admit());
            breaker.Record(Admission.Probe, new(Enum.Parse<Outcome>(outcome)));
        }

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], opened);
    }

    [Fact]
    public void A_delivery_makes_the_next_opening_30_seconds_again()
    {
        Fail(Outcome.EndpointFault, 5);
        for (var probe = 0; probe < 3; probe++)
        {
            time.Advance(breaker.OpenFor);
            breaker.Record(Admit(), new(Outcome.Unavailable));
        }

        Assert.Equal(TimeSpan.FromSeconds(240), breaker.OpenFor);
        time.Advance(breaker.OpenFor);
        breaker.Record(Admit(), new(Outcome.Delivered));
        Fail(Outcome.EndpointFault, 5);

        Assert.Equal(TimeSpan.FromSeconds(30), breaker.OpenFor);
    }

    [Fact]
    public void A_probe_that_fails_after_a_last_receive_closed_it_is_one_fault_and_does_not_open_it_again()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));
        var probe = Admit();
        breaker.Record(Admit(lastReceive: true), new(Outcome.Delivered));

        breaker.Record(probe, new(Outcome.EndpointFault));

        Assert.Equal(Admission.Probe, probe);
        Fail(Outcome.EndpointFault, 3);
        Assert.Equal(Admission.Yes, Admit());
        Fail(Outcome.EndpointFault, 1);
        Assert.Equal(TimeSpan.FromSeconds(30), breaker.OpenFor);
    }

    [Fact]
    public void After_soft_faults_it_pauses_four_times_before_it_is_open_for_long()
    {
        Fail(Outcome.Unavailable, 20);
        var opened = new List<(double, bool)>();
        for (var probe = 0; probe < 7; probe++)
        {
            opened.Add((breaker.OpenFor.TotalSeconds, breaker.IsPausing));
            time.Advance(breaker.OpenFor);
            breaker.Record(Admit(), new(Outcome.Unavailable));
        }

        Assert.Equal([(1, true), (2, true), (4, true), (8, true), (30, false), (60, false), (120, false)], opened);
    }

    [Fact]
    public void An_endpoint_fault_ends_the_pauses_at_once()
    {
        Fail(Outcome.Unavailable, 20);
        time.Advance(TimeSpan.FromSeconds(1));

        breaker.Record(Admit(), new(Outcome.EndpointFault));

        Assert.Equal((TimeSpan.FromSeconds(30), false, Admission.No), (breaker.OpenFor, breaker.IsPausing, Admit()));
    }

    [Theory]
    [InlineData(999, false, Admission.NotInTime)]
    [InlineData(1000, false, Admission.NotInTime)]
    [InlineData(1001, false, Admission.Wait)]
    [InlineData(1000, true, Admission.Yes)]
    [InlineData(1001, true, Admission.Wait)]
    public void A_pause_is_waited_out_where_it_ends_in_time_and_else_a_last_receive_goes_at_once(int left, bool isLast, object admission)
    {
        Fail(Outcome.Unavailable, 20);

        Assert.Equal((Admission)admission, breaker.Admit(isLast, time.GetUtcNow() + TimeSpan.FromMilliseconds(left)));
    }

    [Fact(Timeout = 30_000)]
    public async Task When_a_pause_is_over_one_probes_that_has_another_chance_and_its_end_lets_the_others_ask_again()
    {
        Fail(Outcome.Unavailable, 20);
        var last = ChangeAsync(lastReceive: true);
        var first = ChangeAsync();
        var second = ChangeAsync();
        Assert.False(first.IsCompleted);

        await AdvanceAsync(1_000, first);

        Assert.Equal((Admission.Probe, false, false), (await first, second.IsCompleted, last.IsCompleted));
        Assert.Equal(Admission.Wait, Admit());
        breaker.Record(Admission.Probe, new(Outcome.Unavailable));
        Assert.Equal([Admission.Wait, Admission.Wait], await Task.WhenAll(second, last));
        Assert.Equal(TimeSpan.FromSeconds(2), breaker.OpenFor);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_probe_that_tells_nothing_is_followed_by_the_next_that_waits_and_only_last_receives_are_probes_themselves()
    {
        Fail(Outcome.Unavailable, 20);
        var first = ChangeAsync();
        var last = ChangeAsync(lastReceive: true);
        await AdvanceAsync(1_000, first);

        breaker.Record(await first, new(Outcome.NotAttempted));

        Assert.Equal(Admission.Probe, await last);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_delivery_lets_all_go_that_wait_out_a_pause()
    {
        Fail(Outcome.Unavailable, 20);
        var waiting = ChangeAsync();

        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Assert.Equal((Admission.Wait, Admission.Yes), (await waiting, Admit()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Who_waits_for_a_probe_asks_again_when_the_time_is_over()
    {
        Fail(Outcome.Unavailable, 20);
        var until = time.GetUtcNow() + TimeSpan.FromSeconds(3);
        var first = ChangeAsync();
        var waiting = breaker.ChangeAsync(lastReceive: false, until).AsTask();
        await AdvanceAsync(1_000, first);
        Assert.False(waiting.IsCompleted);

        await AdvanceAsync(2_000, waiting);

        Assert.Equal((Admission.Wait, Admission.NotInTime), (await waiting, breaker.Admit(lastReceive: false, until)));
    }

    [Fact]
    public void A_last_receive_is_sent_while_it_is_open_and_its_fault_leaves_the_time_as_it_is()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Admission.Yes, Admit(lastReceive: true));
        Fail(Outcome.EndpointFault, 5);

        Assert.Equal(TimeSpan.FromSeconds(20), breaker.OpenFor);
    }

    [Fact]
    public void A_delivery_on_a_last_receive_closes_it()
    {
        Fail(Outcome.EndpointFault, 5);

        breaker.Record(Admit(lastReceive: true), new(Outcome.Delivered));

        Assert.Equal(Admission.Yes, Admit());
    }

    [Fact]
    public void Switched_off_it_never_opens()
    {
        var off = new Breaker(on: false, TestLoop.Here);
        for (var fault = 0; fault < 100; fault++) off.Record(off.Admit(lastReceive: false, DateTimeOffset.MaxValue), new(Outcome.EndpointFault));

        Assert.Equal(Admission.Yes, off.Admit(lastReceive: false, DateTimeOffset.MaxValue));
        Assert.Equal(TimeSpan.Zero, off.OpenFor);
    }

    private Admission Admit(bool lastReceive = false) => breaker.Admit(lastReceive, DateTimeOffset.MaxValue);

    private Task<Admission> ChangeAsync(bool lastReceive = false) => breaker.ChangeAsync(lastReceive, DateTimeOffset.MaxValue).AsTask();

    /// <summary>Lets time pass, and the loop go on until that is done.</summary>
    private async Task AdvanceAsync(int milliseconds, Task until)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await until;
    }

    private void Fail(Outcome outcome, int times)
    {
        for (var time = 0; time < times; time++) breaker.Record(Admission.Yes, new(outcome));
    }
}
