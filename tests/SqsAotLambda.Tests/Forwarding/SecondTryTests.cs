using System.Globalization;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The second request of a message, where the first met a connection that the server had ended.</summary>
public sealed class SecondTryTests
{
    private static readonly Answer Dead = new(Status: null, Fault: Fault.Reset, Latency: TimeSpan.FromSeconds(2), IsOfDeadConnection: true);

    private readonly FakeTimeProvider time = Given.Clock();
    private readonly List<Request> requests = [];
    private readonly List<TimeSpan?> tries = [];

    [Fact(Timeout = 30_000)]
    public async Task It_is_made_and_signed_anew()
    {
        using var function = Function(
            Answers(Dead, new(200)),
            ("FORWARD_AUTH", """{"default-sign":{"type":"standard-webhooks","secret":"env:SECRET"}}"""),
            ("SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));

        var delivery = await Given.DeliverAsync(function, Given.Message(), Minute);

        Assert.Equal((Outcome.Delivered, true, false), (delivery.Outcome, delivery.IsResent, delivery.IsOfDeadConnection));
        var times = requests.Select(request => long.Parse(Header(request, "webhook-timestamp"), CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(2, times[1] - times[0]);
        Assert.Equal(Header(requests[0], "Idempotency-Key"), Header(requests[1], "Idempotency-Key"));
    }

    [Fact(Timeout = 30_000)]
    public async Task It_has_the_time_that_the_first_left()
    {
        using var function = Function(Answers(Dead, new(200)), ("FORWARD_TIMEOUT", "5s"));

        await Given.DeliverAsync(function, Given.Message(), Minute);

        Assert.Equal([null, TimeSpan.FromSeconds(3)], tries);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("2s", 60)]
    [InlineData("5s", 2)]
    public async Task Without_time_there_is_none(string timeout, int deadline)
    {
        using var function = Function(Answers(Dead, new(200)), ("FORWARD_TIMEOUT", timeout));

        var delivery = await Given.DeliverAsync(function, Given.Message(), Deadline.After(TimeSpan.FromSeconds(deadline), time));

        Assert.Single(tries);
        Assert.Equal(
            (Outcome.Unavailable, Fault.Reset, false, true), (delivery.Outcome, delivery.Fault, delivery.IsResent, delivery.IsOfDeadConnection));
    }

    [Fact(Timeout = 30_000)]
    public async Task There_is_no_third()
    {
        using var function = Function(Answers(Dead, Dead, new(200)));

        var delivery = await Given.DeliverAsync(function, Given.Message(), Minute);

        Assert.Equal(2, tries.Count);
        Assert.Equal((Outcome.Unavailable, true, false), (delivery.Outcome, delivery.IsResent, delivery.IsOfDeadConnection));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(Fault.Connect)]
    [InlineData(Fault.Timeout)]
    [InlineData(Fault.Certificate)]
    [InlineData(Fault.Malformed)]
    internal async Task Whatever_its_fault_the_message_may_have_been_delivered(Fault fault)
    {
        using var function = Function(Answers(Dead with { Status = 408, Fault = Fault.None }, new(Status: null, Fault: fault)));

        var delivery = await Given.DeliverAsync(function, Given.Message(), Minute);

        Assert.Equal(
            (Outcome.Unavailable, null, Fault.Reset, true), (delivery.Outcome, delivery.Status, delivery.Fault, delivery.IsResent));
    }

    /// <summary>It is of the first request: no second one was sent.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_it_can_t_be_proved_the_first_is_how_it_ended(bool isLate)
    {
        var settings = Given.Settings(new("https://example.com/"));
        var signature = new SignsOnce(isLate ? new OutOfTimeException() : new CredentialException("There is none."));
        var loop = TestLoop.Here;
        var endpoint = new Endpoint(
            settings.Routes[^1], () => new(on: false, loop), new Pace(on: false, loop), new Suspicion(on: false), signature: signature);
        using var function = Given.Function(settings, new() { Ask = Answers(Dead, new(200)), Endpoints = [endpoint] });

        var delivery = await Given.DeliverAsync(function, Given.Message(), Minute);

        Assert.Equal((1, 2), (tries.Count, signature.Asked));
        Assert.Equal((Fault.Reset, false, true), (delivery.Fault, delivery.IsResent, delivery.IsOfDeadConnection));
    }

    private Deadline Minute => Deadline.After(TimeSpan.FromMinutes(1), time);

    private static string Header(Request request, string name) => request.Headers.ToArray().Single(header => header.Name == name).Value;

    private Function Function(Ask ask, params (string, string)[] settings) =>
        Given.Function(Given.Settings(new("https://example.com/"), settings), new() { Ask = ask }, time);

    /// <summary>Gives these answers in turn, each after its latency.</summary>
    private Ask Answers(params Answer[] answers) => (request, _, again, _) =>
    {
        requests.Add(request);
        tries.Add(again);
        var answer = answers[tries.Count - 1];
        time.Advance(answer.Latency);
        return new(answer);
    };

    private sealed class SignsOnce(Exception then) : Signature
    {
        public int Asked { get; private set; }

        public override ValueTask SignAsync(Request request, string messageId, Deadline deadline) => ++Asked == 1 ? default : throw then;
    }
}
