using SqsAotLambda.Forwarding;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class BreakerTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly Breaker breaker;

    public BreakerTests() => breaker = new(on: true, time);

    [Theory]
    [InlineData("EndpointFault", 5)]
    [InlineData("Unavailable", 20)]
    [InlineData("Throttled", 20)]
    public void It_opens_after_so_many_faults_in_a_row(string outcome, int faults)
    {
        Fail(Enum.Parse<Outcome>(outcome), faults - 1);
        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));

        Fail(Enum.Parse<Outcome>(outcome), 1);

        Assert.Equal(Admission.No, breaker.Admit(lastReceive: false));
        Assert.Equal(TimeSpan.FromSeconds(30), breaker.OpenFor);
    }

    [Fact]
    public void A_delivery_resets_the_counts()
    {
        Fail(Outcome.EndpointFault, 4);
        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Fail(Outcome.EndpointFault, 4);

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void A_delivery_resets_the_soft_count()
    {
        Fail(Outcome.Unavailable, 19);
        breaker.Record(Admission.Yes, new(Outcome.Delivered));

        Fail(Outcome.Throttled, 19);

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void Faults_of_any_kind_count_together()
    {
        Fail(Outcome.EndpointFault, 4);
        Fail(Outcome.Unavailable, 8);
        Fail(Outcome.Throttled, 7);
        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));

        Fail(Outcome.Throttled, 1);

        Assert.Equal(Admission.No, breaker.Admit(lastReceive: false));
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
        var fault = new Delivery(Outcome.EndpointFault, status, Endpoint: Given.Endpoint(route, breaker));
        for (var sent = 1; sent < faults; sent++) breaker.Record(Admission.Yes, fault);
        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));

        breaker.Record(Admission.Yes, fault);

        Assert.Equal(Admission.No, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void Rejected_messages_do_not_count()
    {
        Fail(Outcome.Rejected, 100);

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void After_its_time_one_probe_may_go_and_a_delivery_closes_it()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(Admission.Probe, breaker.Admit(lastReceive: false));
        Assert.Equal(Admission.No, breaker.Admit(lastReceive: false));
        breaker.Record(Admission.Probe, new(Outcome.Delivered));

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
    }

    [Theory]
    [InlineData("Unavailable")]
    [InlineData("Rejected")]
    public void A_probe_that_is_not_delivered_opens_it_for_twice_as_long_up_to_15_minutes(string outcome)
    {
        Fail(Outcome.EndpointFault, 5);
        var opened = new List<double>();
        for (var probe = 0; probe < 7; probe++)
        {
            opened.Add(breaker.OpenFor.TotalSeconds);
            time.Advance(breaker.OpenFor);
            Assert.Equal(Admission.Probe, breaker.Admit(lastReceive: false));
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
            breaker.Record(breaker.Admit(lastReceive: false), new(Outcome.Unavailable));
        }

        Assert.Equal(TimeSpan.FromSeconds(240), breaker.OpenFor);
        time.Advance(breaker.OpenFor);
        breaker.Record(breaker.Admit(lastReceive: false), new(Outcome.Delivered));
        Fail(Outcome.EndpointFault, 5);

        Assert.Equal(TimeSpan.FromSeconds(30), breaker.OpenFor);
    }

    [Fact]
    public void A_probe_that_fails_after_a_last_receive_closed_it_is_one_fault_and_does_not_open_it_again()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));
        var probe = breaker.Admit(lastReceive: false);
        breaker.Record(breaker.Admit(lastReceive: true), new(Outcome.Delivered));

        breaker.Record(probe, new(Outcome.EndpointFault));

        Assert.Equal(Admission.Probe, probe);
        Fail(Outcome.EndpointFault, 3);
        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
        Fail(Outcome.EndpointFault, 1);
        Assert.Equal(TimeSpan.FromSeconds(30), breaker.OpenFor);
    }

    [Fact]
    public void A_probe_that_was_not_sent_leaves_room_for_another()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(30));
        breaker.Record(breaker.Admit(lastReceive: false), new(Outcome.NotAttempted));

        Assert.Equal(Admission.Probe, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void A_last_receive_is_sent_while_it_is_open_and_its_fault_leaves_the_time_as_it_is()
    {
        Fail(Outcome.EndpointFault, 5);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: true));
        Fail(Outcome.EndpointFault, 5);

        Assert.Equal(TimeSpan.FromSeconds(20), breaker.OpenFor);
    }

    [Fact]
    public void A_delivery_on_a_last_receive_closes_it()
    {
        Fail(Outcome.EndpointFault, 5);

        breaker.Record(breaker.Admit(lastReceive: true), new(Outcome.Delivered));

        Assert.Equal(Admission.Yes, breaker.Admit(lastReceive: false));
    }

    [Fact]
    public void Switched_off_it_never_opens()
    {
        var off = new Breaker(on: false, time);
        for (var fault = 0; fault < 100; fault++) off.Record(off.Admit(lastReceive: false), new(Outcome.EndpointFault));

        Assert.Equal(Admission.Yes, off.Admit(lastReceive: false));
        Assert.Equal(TimeSpan.Zero, off.OpenFor);
    }

    private void Fail(Outcome outcome, int times)
    {
        for (var time = 0; time < times; time++) breaker.Record(Admission.Yes, new(outcome));
    }
}
