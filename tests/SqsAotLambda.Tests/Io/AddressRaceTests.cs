using System.Net;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Io;

/// <summary>Of several addresses the first that answers is taken, and one that swallows what is sent to it costs little.</summary>
public sealed class AddressRaceTests : IDisposable
{
    private static readonly IPEndPoint Good = At("10.0.0.1"), AlsoGood = At("10.0.0.2"), Refusing = At("10.0.0.9"), Silent = At("192.0.2.1");

    private readonly SimulatedNetwork network = new(1);
    private readonly Loop loop;
    private readonly List<(IPEndPoint At, SimulatedPeer Peer)> accepted = [];

    public AddressRaceTests()
    {
        loop = new(network);
        foreach (var address in new[] { Good, AlsoGood }) network.Serve(address, peer => accepted.Add((address, peer)));
    }

    public void Dispose() => network.Dispose();

    [Fact]
    public void The_first_address_is_taken_where_it_answers()
    {
        Connect(Good, AlsoGood);

        Assert.Equal((Good, 1), (Assert.Single(accepted).At, network.Connections));
        Assert.InRange(loop.Now, 1, 31);
    }

    [Fact]
    public void A_silent_address_costs_a_quarter_of_a_second()
    {
        Connect(Silent, Good);

        Assert.Equal((Good, 1), (Assert.Single(accepted).At, network.Connections));
        Assert.InRange(loop.Now, 251, 281);
    }

    [Fact]
    public void After_a_refusal_the_next_is_tried_at_once()
    {
        Connect(Refusing, Good);

        Assert.Equal((Good, 1), (Assert.Single(accepted).At, network.Connections));
        Assert.InRange(loop.Now, 2, 62);
    }

    [Fact]
    public void After_a_refusal_beside_a_silent_address_the_next_is_tried_at_once()
    {
        Connect(Silent, Refusing, Good);

        Assert.Equal(Good, Assert.Single(accepted).At);
        Assert.InRange(loop.Now, 252, 312);
    }

    [Fact]
    public void After_an_address_that_the_kernel_refuses_to_try_the_next_is_tried_at_once()
    {
        var unreachable = At("10.0.0.7");
        var within = new Loop(new WithoutRoute(network, unreachable));

        within.Run(() => AddressRace.ConnectAsync(within, [unreachable, Silent, unreachable, Good], until: 1000));

        Assert.Equal(Good, Assert.Single(accepted).At);
        Assert.InRange(within.Now, 251, 281);
    }

    [Fact]
    public void One_that_answers_late_still_wins_over_those_that_were_begun_later()
    {
        var slow = At("10.0.0.3");
        network.Serve(slow, peer => accepted.Add((slow, peer)), delay: 400);

        Connect(slow, Silent, Silent);

        Assert.Equal((slow, 1), (Assert.Single(accepted).At, network.Connections));
        Assert.Equal(400, loop.Now);
    }

    [Fact]
    public void Where_all_refuse_that_is_the_fault()
    {
        Assert.Equal(Errno.ConnectionRefused, FaultOf(Refusing, Refusing, Refusing));
        Assert.Equal(0, network.Connections);
    }

    [Fact]
    public void All_of_them_share_one_time()
    {
        Assert.Equal(Errno.TimedOut, FaultOf(Refusing, Silent, Silent));
        Assert.Equal((1000, 0), (loop.Now, network.Connections));
    }

    [Fact]
    public void Two_that_answer_in_one_turn_leave_one_connection()
    {
        var (one, other) = (At("10.0.0.4"), At("10.0.0.5"));
        network.Serve(one, peer => accepted.Add((one, peer)), delay: 300);
        network.Serve(other, peer => accepted.Add((other, peer)), delay: 50);

        Connect(one, other);

        Assert.Equal((2, 1), (accepted.Count, network.Connections));
        Assert.False(accepted[0].Peer.IsClosed);
    }

    /// <summary>Each attempt beside another has a descriptor of its own.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(9, 3)]
    public void Where_no_place_is_free_the_oldest_attempt_is_given_up(int free, int atOnce)
    {
        var most = 0;
        var places = new Gate(loop, free);
        for (var at = 0; at < 1000; at += 10) network.After(at, () => most = Math.Max(most, network.Connections));

        loop.Run(() => AddressRace.ConnectAsync(loop, [Silent, At("192.0.2.2"), Good], until: 1000, places));

        Assert.Equal((Good, 1, atOnce), (Assert.Single(accepted).At, network.Connections, most));
        Assert.InRange(loop.Now, 501, 531);
        Assert.All(Enumerable.Range(0, free), _ => Assert.True(places.TryEnter()));
    }

    private static IPEndPoint At(string address) => new(IPAddress.Parse(address), 80);

    private void Connect(params IPEndPoint[] addresses) => loop.Run(() => AddressRace.ConnectAsync(loop, addresses, until: 1000));

    private int FaultOf(params IPEndPoint[] addresses) => Assert.Throws<SocketFaultException>(() => Connect(addresses)).Number;

    private sealed class WithoutRoute(Driver inner, IPEndPoint at) : OuterDriver(inner)
    {
        private const int NetworkUnreachable = 101;

        public override int Connect(IPEndPoint to) => to.Equals(at) ? -NetworkUnreachable : base.Connect(to);
    }
}
