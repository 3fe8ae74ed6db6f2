using System.Net;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What an endpoint says of a message in the header Forward-Disposition; in the simulated network.</summary>
public sealed class DispositionTests : IDisposable
{
    private const string Name = "deciding.example";

    private readonly SimulatedWorld world = new();

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(500, "delivered", "Delivered")]
    [InlineData(400, "Delivered", "Delivered")]
    [InlineData(500, "drop", "Dropped")]
    [InlineData(200, "retry", "Unavailable")]
    [InlineData(400, "retry", "Unavailable")]
    [InlineData(200, "dead-letter", "Rejected")]
    [InlineData(503, "DEAD-LETTER", "Rejected")]
    [InlineData(200, "perhaps", "Delivered")]
    [InlineData(500, "perhaps", "Unavailable")]
    [InlineData(400, "retry, delivered", "Rejected")]
    [InlineData(400, "", "Rejected")]
    public void It_goes_before_the_status_and_an_unknown_one_counts_as_none(int status, string disposition, string outcome)
    {
        Answer(status, $"Forward-Disposition: {disposition}");

        Handle(("FORWARD_DISPOSITION", "on"), ("FORWARD_SUCCESS_ON", "200"), ("FORWARD_REJECT_ON", "400"));

        Assert.Equal(1, world.Metric(outcome));
    }

    [Theory]
    [InlineData("off", null, 0)]
    [InlineData("off", "true", 1)]
    [InlineData("on", null, 1)]
    [InlineData("on", "false", 0)]
    public void It_is_heeded_where_the_settings_or_the_route_say_so(string setting, string? member, int dropped)
    {
        Answer(500, "Forward-Disposition: drop");
        var own = member is null ? "" : $",\"disposition\":{member}";

        Handle(
            ("FORWARD_DISPOSITION", setting),
            ("FORWARD_ROUTES", $$"""[{"name":"a","url":"http://{{Name}}/"{{own}}}]"""));

        Assert.Equal(dropped, world.Metric("Dropped"));
    }

    [Fact]
    public void With_two_such_headers_none_counts()
    {
        Answer(500, "Forward-Disposition: delivered\r\nForward-Disposition: drop");

        Assert.Equal(["0"], Handle(("FORWARD_DISPOSITION", "on")));
    }

    [Fact]
    public void An_unknown_one_is_logged_without_its_value()
    {
        Answer(200, "Forward-Disposition: s3cret");

        Assert.Empty(Handle(("FORWARD_DISPOSITION", "on")));

        var line = Assert.Single(world.Lines("DispositionUnknown"));
        Assert.Equal("0", line.GetProperty("messageId").GetString());
        Assert.DoesNotContain("s3cret", line.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_is_wanted_back_comes_after_the_time_that_the_endpoint_asks_for()
    {
        Delivery? delivery = null;
        Answer(200, "Forward-Disposition: retry\r\nRetry-After: 120");
        var function = world.Compose([Name], ("FORWARD_DISPOSITION", "on"));

        var time = world.Loop.Time;
        var deadline = Deadline.After(TimeSpan.FromMinutes(1), time);
        world.Loop.Run(async () => delivery = await function.DeliverAsync(To(Name, "0"), Given.Closing(time), deadline));

        Assert.Equal((Outcome.Unavailable, TimeSpan.FromSeconds(120)), (delivery!.Outcome, delivery.RetryAfter));
    }

    [Fact]
    public void What_is_wanted_back_opens_no_breaker_and_what_is_to_be_dead_lettered_is_never_suspect()
    {
        var says = "retry";
        world.Script(Name, (peer, _) => peer.Send(Head(200, $"Forward-Disposition: {says}")));
        var function = world.Compose([Name], ("FORWARD_DISPOSITION", "on"));

        world.Handle(function, 60_000, Messages(50));
        says = "dead-letter";
        world.Handle(function, 60_000, Messages(50));

        Assert.Equal((50, 50, 0), (world.Metric("Unavailable"), world.Metric("Rejected"), world.Metric("NotAttempted")));
    }

    /// <param name="fault">Of a message whose answer came, and then the connection's end, before its request had arrived whole.</param>
    [Theory]
    [InlineData(500, "delivered", "Unavailable", "Reset")]
    [InlineData(500, "drop", "Unavailable", "Reset")]
    [InlineData(200, "perhaps", "Unavailable", "Reset")]
    [InlineData(200, "dead-letter", "Rejected", null)]
    [InlineData(200, "retry", "Unavailable", null)]
    [InlineData(500, "perhaps", "Unavailable", null)]
    public void What_accepts_a_message_counts_only_when_the_request_was_sent_whole(int status, string disposition, string outcome, string? fault)
    {
        var address = IPAddress.Parse("10.9.9.9");
        world.Network.Name(Name, 1, new([address], null));
        world.Network.Serve(new(address, 80), peer =>
        {
            peer.Limit(100_000);
            peer.OnBytes = _ =>
            {
                peer.OnBytes = _ => { };
                peer.Send(Head(status, $"Forward-Disposition: {disposition}"));
                world.Network.After(1_000, peer.Reset);
            };
        });
        var message = To(Name, new string('x', 900_000)) with { Id = "0" };

        world.Handle(world.Compose([Name], ("FORWARD_DISPOSITION", "on")), 60_000, message);

        var line = Assert.Single(world.Lines("MessageFailed"));
        Assert.Equal((outcome, fault), (line.GetProperty("outcome").GetString(), line.TryGetProperty("fault", out var its) ? its.GetString() : null));
    }

    private static IEnumerable<Message> Messages(int count) => Enumerable.Range(0, count).Select(index => To(Name, $"{index}"));

    private static byte[] Head(int status, string header) =>
        System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Said\r\n{header}\r\nContent-Length: 0\r\n\r\n");

    private void Answer(int status, string header) => world.Script(Name, (peer, _) => peer.Send(Head(status, header)));

    private string[] Handle(params (string, string)[] settings) => world.Handle(world.Compose([Name], settings), 60_000, Messages(1)).Failed;
}
