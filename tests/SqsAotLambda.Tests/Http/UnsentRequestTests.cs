using System.Net;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Http;

/// <summary>Requests of which nothing could be sent, and answers that end oddly; in the simulated network.</summary>
public sealed class UnsentRequestTests : IDisposable
{
    private const string Name = "odd.example";

    private readonly SimulatedWorld world = new();

    /// <summary>Of each request that was read whole, its connection.</summary>
    private readonly List<int> carried = [];
    private int connections;

    public void Dispose() => world.Dispose();

    [Fact]
    public void An_answer_that_comes_before_anything_of_its_request_is_sent_is_not_taken()
    {
        Serve(
            (peer, _) => Accept(peer),
            first: peer => world.Network.After(100, () => peer.Send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8)));

        var failed = Handle().Failed;

        Assert.Empty(failed);
        Assert.Equal([2], carried);
    }

    [Fact]
    public void A_request_that_goes_over_a_new_connection_has_what_is_left_of_its_time()
    {
        Serve((_, _) => { }, first: peer => world.Network.After(1_500, peer.Reset));

        var (failed, took) = Handle(("FORWARD_TIMEOUT", "2s"));

        Assert.Equal(["a"], failed);
        Assert.Equal([2], carried);
        Assert.InRange(took, 2_000, 2_100);
    }

    [Fact]
    public void A_body_that_never_ends_has_no_more_time_than_its_request()
    {
        Serve((peer, _) => world.Network.After(900, () => peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"u8)));

        var (failed, took) = Handle(("FORWARD_TIMEOUT", "1s"));

        Assert.Empty(failed);
        Assert.InRange(took, 1_000, 1_100);
    }

    [Fact]
    public void A_connection_whose_end_comes_with_its_answer_is_closed_at_once()
    {
        var at = new IPEndPoint(IPAddress.Parse("10.0.1.1"), 80);
        world.Network.Name(Name, 1, new([at.Address], null));
        world.Network.Serve(at, Leave, link: new(MaxPiece: 1_000, MaxDelay: 1, BusyOneIn: 0, LeastPiece: 1_000));

        var failed = Handle().Failed;

        Assert.Empty(failed);
        Assert.Equal(0, world.Network.Connections);

        static void Leave(SimulatedPeer peer) => peer.OnBytes = _ =>
        {
            Accept(peer);
            peer.End();
        };
    }

    /// <param name="first">What happens to the first connection, which takes nothing of what is sent; null: it is as the others.</param>
    private void Serve(Action<SimulatedPeer, SimulatedRequest> script, Action<SimulatedPeer>? first = null) => world.Script(
        Name,
        (peer, request) =>
        {
            carried.Add(request.Connection);
            script(peer, request);
        },
        onConnected: peer =>
        {
            if (++connections > 1 || first is null) return;

            peer.Limit(0);
            first(peer);
        });

    private (string[] Failed, long Took) Handle(params (string Name, string Value)[] settings) =>
        world.Handle(world.Compose([Name], settings), 30_000, To(Name, "a"));
}
