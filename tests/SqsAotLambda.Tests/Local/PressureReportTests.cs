using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Local.Samples;

namespace SqsAotLambda.Tests.Local;

/// <summary>The account of a run under pressure.</summary>
public sealed class PressureReportTests
{
    private readonly FakeTimeProvider time = Given.Clock();
    private readonly Timeline timeline;
    private readonly Ledger ledger;

    public PressureReportTests()
    {
        timeline = new Timeline(time);
        ledger = new Ledger(
            [.. Enumerable.Range(0, 4).Select(number => SampleOf(number, Behaviour.Accept) with { Group = null, Tenant = TenantOf(number) })],
            seesArrivals: true);
        ledger.SentMore(4);
        foreach (var number in Enumerable.Range(0, 4))
        {
            var message = Message(number);
            message.Attributes["MessageGroupId"] = TenantOf(number);
            ledger.Received(message);
        }
    }

    [Fact]
    public async Task A_throttle_tells_the_share_of_throttled_answers_in_all_and_after_two_seconds_and_how_long_it_took()
    {
        Step(1000, 0, Behaviour.Accept);
        Step(1000, 1, Behaviour.Throttled);
        Step(999, 2, Behaviour.Throttled);
        Step(1, 2, Behaviour.Overloaded);
        Step(500, 1, Behaviour.Accept);
        Step(500, 2, Behaviour.Accept);
        Step(500, 2, Behaviour.Accept);

        Assert.Equal(
            [
                ("throttle", "50 requests a second and a burst of 3, the others are answered 429"),
                ("  throttled", "3 of 7 answers (43 %)"),
                ("  after 2s", "1 of 4 answers (25 %)"),
                ("  delivered", "3 of 4 within 3.5 s of the first request"),
                ("  never tried", "1"),
            ],
            await RowsAsync(["--throttle", "50"], null));
    }

    [Fact]
    public async Task A_wall_tells_dead_letters_by_environment_and_what_was_delivered_afterwards()
    {
        timeline.HandedOut(1, ["id-0", "id-1"]);
        timeline.HandedOut(3, ["id-2", "id-3"]);
        Step(1000, 0, Behaviour.Walled);
        ledger.DeadLettered(Copy(0));
        ledger.DeadLettered(Copy(1));
        ledger.DeadLettered(Copy(2));
        Step(12_500, 3, Behaviour.Accept);

        Assert.Equal(
            [
                ("wall", "10s, 1 requests were answered 400"),
                ("  dead letters", "3; by environment 2, 0, 1"),
                ("  delivered after it", "1, the last 2.5 s after its end"),
            ],
            await RowsAsync(["--wall", "10s", "--concurrency", "3"], null));
    }

    [Fact]
    public async Task A_blip_tells_who_lost_a_receive_and_when_deliveries_went_on()
    {
        var blip = new Blip(new(TimeSpan.FromSeconds(1), Refuses: false), after: 0, time);
        timeline.HandedOut(1, ["id-0", "id-1"]);
        timeline.HandedOut(2, ["id-2"]);
        time.Advance(TimeSpan.FromSeconds(1));
        Step(0, 0, blip.Meet()!.Value);
        Fail(100, 1, "id-0", "id-1");
        Fail(1400, 2, "id-2");
        timeline.HoldByBreaker();
        timeline.HandedOut(2, ["id-0", "id-1"]);
        Fail(100, 2, "id-1");
        Step(400, 0, Behaviour.Accept);
        Step(500, 1, Behaviour.Accept);
        timeline.HandedOut(1, ["id-2"]);
        Step(500, 2, Behaviour.Accept);

        Assert.Equal(
            [
                ("blip", "1s, 1 requests were answered 502"),
                ("  lost a receive", "3; by environment 2, 2"),
                ("  last lost", "0.6 s after its end"),
                ("  held by the breaker", "the last time 0.5 s after its end"),
                ("  delivered again", "1.0 s after its end by the first environment, 2.0 s after its end by the last of 2"),
            ],
            await RowsAsync(["--blip", "1s", "--concurrency", "2"], blip));
    }

    [Fact]
    public async Task A_blip_that_did_not_come_is_told()
    {
        var blip = new Blip(new(TimeSpan.FromSeconds(1), Refuses: true), after: 1, time);

        Assert.Equal([("blip", "the run ended before it")], await RowsAsync(["--blip", "1s,refuse"], blip));
    }

    [Fact]
    public async Task Each_tenant_tells_how_long_its_last_message_took()
    {
        Step(1000, 0, Behaviour.Accept);
        Step(1000, 3, Behaviour.Accept);
        Step(1000, 1, Behaviour.Accept);

        Assert.Equal(
            [
                ("tenant-1", "3 messages, the last delivered within 2.0 s of the first request"),
                ("tenant-2", "1 messages, the last delivered within 1.0 s of the first request"),
            ],
            await RowsAsync(["--tenants", "2"], null));
    }

    private static string TenantOf(int number) => number == 3 ? "tenant-2" : "tenant-1";

    private async Task<IEnumerable<(string, string)>> RowsAsync(string[] options, Trouble? trouble) =>
        new PressureReport(await PressureOptionsTests.ReadAsync(options), ledger, trouble, timeline).Rows()
            .Where(row => options[0] == "--tenants" || !row.Name.StartsWith("tenant", StringComparison.Ordinal));

    private void Step(int milliseconds, int number, Behaviour behaviour)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        ledger.Arrive(number, behaviour is Behaviour.Accept ? null : behaviour);
        timeline.Answer($"id-{number}", behaviour);
    }

    private void Fail(int milliseconds, int environment, params string[] ids)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        timeline.Fail(environment, ids);
    }
}
