using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>What a whole function makes of handshakes and records; in the simulated network.</summary>
public sealed class SecuredConnectionTests : IDisposable
{
    private const string Name = "secured.example";

    private readonly SimulatedWorld world = new();

    /// <summary>When each connection was made, in milliseconds.</summary>
    private readonly List<long> connected = [];

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(TicketTime.WithHandshake, 0, 1, 1)]
    [InlineData(TicketTime.AfterHandshake, 0, 1, 1)]
    [InlineData(TicketTime.AfterHandshake, 40, 1, 1)]
    [InlineData(TicketTime.AfterHandshake, 0, 900, 1)]
    [InlineData(TicketTime.WithHandshake, 0, 1, 200)]
    [InlineData(TicketTime.AfterHandshake, 0, 1, 20)]
    public void Of_a_cold_batch_of_ten_one_shakes_hands_in_full_and_the_others_go_on_from_its_ticket(
        object ticket, int ticketDelay, int connectsIn, int maxDelay)
    {
        var manner = new TlsManner(Ticket: (TicketTime)ticket, TicketDelay: ticketDelay);
        world.Secure(Name, Connected(manner), peer => world.Answer(peer, 1_000), connectsIn, new(1_000, maxDelay, BusyOneIn: 4, LeastPiece: 1152));

        var failed = Handle(10).Failed;

        Assert.Empty(failed);
        Assert.Equal((1, 9), (world.Tls.CountOf(TlsEvent.WholeHandshake), world.Tls.CountOf(TlsEvent.ResumedHandshake)));
    }

    [Theory]
    [InlineData(TicketTime.WithHandshake, 0, 0)]
    [InlineData(TicketTime.AfterHandshake, 20, 20)]
    [InlineData(TicketTime.AfterHandshake, 500, 50)]
    [InlineData(TicketTime.Never, 0, 50)]
    public void The_others_shake_hands_when_the_ticket_is_there_and_50_ms_after_the_first_at_the_latest(object ticket, int ticketDelay, int waits)
    {
        const int ConnectsIn = 1;
        var manner = new TlsManner(Ticket: (TicketTime)ticket, TicketDelay: ticketDelay);
        world.Secure(Name, Connected(manner), peer => world.Answer(peer, 1_000), ConnectsIn);

        var failed = Handle(10).Failed;

        Assert.Empty(failed);
        Assert.All(connected.Skip(1), at => Assert.Equal(waits + ConnectsIn, at - connected[0]));
        Assert.Equal(waits < 50 ? 1 : 10, world.Tls.CountOf(TlsEvent.WholeHandshake));
    }

    [Fact]
    public void A_first_handshake_that_stalls_holds_up_others_for_a_second_and_other_servers_not_at_all()
    {
        var received = new Dictionary<string, long>();
        world.Secure(Name, Connected(new(TlsAnswer.Stalls), new()), Note("secured"));
        world.Secure("other.example", () => new(), Note("other"));
        var function = world.Compose([Name, "other.example"]);

        var batch = Enumerable.Range(0, 5).Select(index => To(Name, $"{index}")).Append(To("other.example", "other"));
        var (failed, took) = world.Handle(function, 30_000, batch);

        Assert.Empty(failed);
        Assert.InRange(took, 1_000, 1_100);
        Assert.InRange(received["other"], 0, 100);

        Action<SimulatedPeer> Note(string who) => peer =>
        {
            received.TryAdd(who, world.Network.Now);
            world.Answer(peer);
        };
    }

    [Theory]
    [InlineData("half", TlsEvent.HalfRecordAtRest)]
    [InlineData("answer", TlsEvent.DataAtRest)]
    [InlineData("farewell", TlsEvent.FarewellAtRest)]
    public void A_connection_to_which_more_than_a_ticket_comes_at_rest_is_closed_before_it_is_taken(string what, object seen)
    {
        world.Secure(Name, Connected(new TlsManner()), peer =>
        {
            world.Answer(peer);
            world.Network.After(500, () => Disturb(peer));
        });
        var function = world.Compose([Name]);
        var first = world.Handle(function, 30_000, To(Name, "first")).Failed;
        Assert.Equal(1, world.Network.Connections);
        world.Network.Freeze(600);

        var second = world.Handle(function, 30_000, To(Name, "second")).Failed;

        Assert.Empty(first.Concat(second));
        Assert.Equal(2, connected.Count);
        Assert.InRange(world.Tls.CountOf((TlsEvent)seen), 1, 2);
        Assert.Equal(0, world.Metric("Resent"));

        void Disturb(SimulatedPeer peer)
        {
            if (what == "half") peer.SendInPart("HTTP/1.1 200 OK"u8);
            else if (what == "answer") Accept(peer);
            else peer.Leave();
        }
    }

    [Fact]
    public void A_ticket_that_comes_at_rest_leaves_the_connection_as_it_is()
    {
        world.Secure(Name, Connected(new TlsManner(TicketDelay: 500)));
        var function = world.Compose([Name]);
        world.Handle(function, 30_000, To(Name, "first"));
        world.Network.Freeze(600);

        var failed = world.Handle(function, 30_000, To(Name, "second")).Failed;

        Assert.Empty(failed);
        Assert.Single(connected);
        Assert.Equal(1, world.Tls.CountOf(TlsEvent.LateTicket));
    }

    [Theory]
    [InlineData(TlsAnswer.ShowsAnother, "EndpointFault", "Certificate")]
    [InlineData(TlsAnswer.Alerts, "Unavailable", "Tls")]
    public void A_server_that_is_refused_or_refuses_is_not_waited_for(object answer, string outcome, string fault)
    {
        world.Secure(Name, Connected(new TlsManner((TlsAnswer)answer)));

        var (failed, took) = Handle(1);

        Assert.Equal(["0"], failed);
        Assert.InRange(took, 0, 49);
        Assert.Equal((outcome, fault), Fault());
        Assert.Single(connected);
    }

    [Theory]
    [InlineData(TlsAnswer.Closes)]
    [InlineData(TlsAnswer.Resets)]
    public void A_server_that_ends_the_connection_in_the_handshake_is_waited_for_as_one_that_restarts(object answer)
    {
        var ends = new TlsManner((TlsAnswer)answer);
        world.Secure(Name, Connected(ends, ends, ends, new()));

        var (failed, took) = Handle(1);

        Assert.Empty(failed);
        // After 50, 100 and 200 ms.
        Assert.InRange(took, 350, 399);
        Assert.Equal(4, connected.Count);
    }

    [Fact]
    public void A_server_that_ends_every_handshake_fails_its_messages_for_the_fault_Tls_when_the_time_is_over()
    {
        world.Secure(Name, Connected(new TlsManner(TlsAnswer.Closes)));

        var (failed, took) = Handle(1);

        Assert.Equal(["0"], failed);
        Assert.InRange(took, 2_500, 3_100);
        Assert.Equal(("Unavailable", "Tls"), Fault());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16 * 1024)]
    public void Records_of_any_size_carry_an_answer_and_a_long_request(int size)
    {
        world.Secure(Name, Connected(new TlsManner(RecordSize: size)), link: SimulatedLink.Ordinary);
        var (function, body) = (world.Compose([Name]), new string('x', 100_000));

        var message = Given.Message("a", body) with { Attributes = To(Name, "a").Attributes };
        var failed = world.Handle(function, 30_000, message).Failed;

        Assert.Empty(failed);
        Assert.Equal([body], world.Received);
    }

    [Fact]
    public void An_answer_whose_record_is_cut_is_none()
    {
        world.Secure(Name, Connected(new TlsManner()), peer => peer.OnBytes = _ =>
        {
            peer.SendInPart("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8);
            peer.Leave();
        });

        var failed = Handle(1).Failed;

        Assert.Equal(["0"], failed);
        Assert.Equal(("Unavailable", "Reset"), Fault());
        Assert.Equal(1, world.Tls.CountOf(TlsEvent.EndWithinRecord));
    }

    /// <summary>One manner for each connection, and the last one for all that follow.</summary>
    private Func<TlsManner> Connected(params TlsManner[] manners) => () =>
    {
        connected.Add(world.Network.Now);
        return manners[Math.Min(connected.Count, manners.Length) - 1];
    };

    private (string[] Failed, long Took) Handle(int messages) =>
        world.Handle(world.Compose([Name]), 30_000, Enumerable.Range(0, messages).Select(index => To(Name, $"{index}")));

    /// <summary>Of the message that failed.</summary>
    private (string? Outcome, string? Fault) Fault()
    {
        var line = Assert.Single(world.Lines("MessageFailed"));
        return (line.GetProperty("outcome").GetString(), line.GetProperty("fault").GetString());
    }
}
