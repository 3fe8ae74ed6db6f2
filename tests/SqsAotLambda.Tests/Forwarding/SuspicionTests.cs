using SqsAotLambda.Forwarding;
using SqsAotLambda.Requests;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

public sealed class SuspicionTests
{
    private readonly Suspicion suspicion = new(on: true);
    private readonly Endpoint endpoint = Given.Endpoint(
        Given.Settings(new("https://example.com/"), ("FORWARD_REJECT_ON", "422")).Routes[^1]);

    [Fact]
    public void Five_rejections_in_a_row_are_believed_and_no_more() =>
        Assert.Equal([.. Enumerable.Repeat(Outcome.Rejected, 5), .. Enumerable.Repeat(Outcome.Suspect, 3)], Judged(8, Rejected(400)));

    [Theory]
    [InlineData("Delivered", true)]
    [InlineData("Dropped", true)]
    [InlineData("Throttled", false)]
    [InlineData("Unavailable", false)]
    [InlineData("EndpointFault", false)]
    public void Only_what_the_endpoint_accepts_ends_the_row(string between, bool ends)
    {
        Judged(5, Rejected(400));

        suspicion.Judge(new(Enum.Parse<Outcome>(between), 200, Endpoint: endpoint), lastReceive: false);

        Assert.Equal([ends ? Outcome.Rejected : Outcome.Suspect], Judged(1, Rejected(400)));
    }

    [Fact]
    public void On_its_last_receive_a_message_is_rejected_as_ever_and_counts()
    {
        Judged(4, Rejected(400));

        Assert.Equal(Outcome.Rejected, suspicion.Judge(Rejected(400), lastReceive: true).Outcome);
        Assert.Equal([Outcome.Suspect], Judged(1, Rejected(400)));
        Assert.Equal(Outcome.Rejected, suspicion.Judge(Rejected(400), lastReceive: true).Outcome);
    }

    [Theory]
    [InlineData(null, "None")]
    [InlineData(422, "None")]
    [InlineData(400, "DeadLetter")]
    public void What_is_meant_for_one_message_is_never_suspect_and_does_not_count(int? status, string disposition)
    {
        var meant = Rejected(status) with { Disposition = Enum.Parse<Disposition>(disposition) };
        Judged(10, meant);
        Assert.All(Judged(5, Rejected(400)), outcome => Assert.Equal(Outcome.Rejected, outcome));

        Assert.Equal([Outcome.Rejected], Judged(1, meant));
        Assert.Equal([Outcome.Suspect], Judged(1, Rejected(400)));
    }

    [Fact]
    public void Switched_off_it_believes_all()
    {
        var off = new Suspicion(on: false);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(Outcome.Rejected, off.Judge(Rejected(400), lastReceive: false).Outcome));
    }

    private Delivery Rejected(int? status) => new(Outcome.Rejected, status, Endpoint: endpoint);

    private Outcome[] Judged(int times, Delivery delivery) =>
        [.. Enumerable.Range(0, times).Select(_ => suspicion.Judge(delivery, lastReceive: false).Outcome)];
}
