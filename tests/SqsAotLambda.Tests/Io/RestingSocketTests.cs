using System.Net;
using System.Text;
using SqsAotLambda.Io;
using static SqsAotLambda.Tests.Io.OnLoop;

namespace SqsAotLambda.Tests.Io;

/// <summary>A connection from which nothing is due: what comes all the same is told, and it is taken by nobody.</summary>
public sealed class RestingSocketTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.0.0.1"), 80);

    [Theory]
    [InlineData("answer", true)]
    [InlineData("answer and more", false)]
    public void A_connection_to_which_something_came_already_can_t_rest(string sent, bool ends)
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer =>
        {
            peer.Send(Encoding.ASCII.GetBytes(sent));
            if (ends) peer.End();
        });
        var loop = new Loop(network);

        var rests = loop.Run(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            // All of it is there, and only the answer is read.
            await SleepAsync(loop, 1000);
            await ReadAsync(socket, 6);
            return socket.TryRest(() => { });
        });

        Assert.False(rests);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_resting_connection_whose_end_the_loop_knows_is_none_to_take(bool ends, bool isTaken)
    {
        using var network = new SimulatedNetwork(1);
        List<SimulatedPeer> peers = [];
        network.Serve(Server, peers.Add);
        var loop = new Loop(network);

        var taken = loop.Run(async () =>
        {
            using var first = await OnLoop.ConnectAsync(loop, Server, until: 500);
            using var resting = await OnLoop.ConnectAsync(loop, Server, until: 500);
            Assert.True(resting.TryRest(() => { }));
            // Both changes are told in one turn, that of the first one first.
            network.After(10, () =>
            {
                network.Tell(first.Handle, readable: true, writable: false);
                if (ends) network.Tell(resting.Handle, readable: true, writable: false);
            });
            await first.ReadableAsync();
            return resting.TryEndRest();
        });

        Assert.Equal(isTaken, taken);
    }

    [Fact]
    public void What_was_read_before_a_connection_rests_is_not_told_as_unasked()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });
        var loop = new Loop(network);
        var told = 0;

        loop.Run(async () =>
        {
            using var first = await OnLoop.ConnectAsync(loop, Server, until: 500);
            using var second = await OnLoop.ConnectAsync(loop, Server, until: 500);
            network.After(10, () =>
            {
                network.Tell(first.Handle, readable: true, writable: false);
                network.Tell(second.Handle, readable: true, writable: false);
            });
            await first.ReadableAsync();
            Assert.Null(second.TryRead(new byte[1]));
            Assert.True(second.TryRest(() => told++));
            await SleepAsync(loop, 1000);
            return 0;
        });

        Assert.Equal(0, told);
    }

    [Fact]
    public void A_connection_whose_time_ends_while_it_rests_is_told()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });
        var loop = new Loop(network);
        long? at = null;

        loop.Run(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            socket.EndAt(700);
            Assert.True(socket.TryRest(() => at = loop.Now));
            await SleepAsync(loop, 1000);
            return 0;
        });

        Assert.Equal(700, at);
    }

    [Fact]
    public void What_comes_unasked_is_told_at_once_and_to_nobody_else()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer => network.After(100, () => peer.Send("unasked"u8)));
        var loop = new Loop(network);
        var told = 0;

        loop.Run(() => IdleAsync());

        Assert.InRange(told, 1, 7);

        async ValueTask<int> IdleAsync()
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            Assert.True(socket.TryRest(() => told++));
            await SleepAsync(loop, 1000);
            return 0;
        }
    }
}
