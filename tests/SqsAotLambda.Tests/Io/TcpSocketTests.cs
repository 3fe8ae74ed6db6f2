using System.Net;
using System.Text;
using SqsAotLambda.Io;
using static SqsAotLambda.Tests.Io.OnLoop;

namespace SqsAotLambda.Tests.Io;

/// <summary>A socket in a simulated network: each way in which it ends, and what is told to whom.</summary>
public sealed class TcpSocketTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.0.0.1"), 80);

    [Fact]
    public void A_server_that_is_not_there_refuses()
    {
        using var network = new SimulatedNetwork(1);

        Assert.Equal(Errno.ConnectionRefused, FaultOf(network, loop => OnLoop.ConnectAsync(loop, Server, until: 1000)));
    }

    [Fact]
    public void Connecting_ends_at_its_time()
    {
        using var network = new SimulatedNetwork(1);

        var fault = FaultOf(network, loop => OnLoop.ConnectAsync(loop, new(IPAddress.Parse("192.0.2.1"), 80), until: 1000));

        Assert.Equal((Errno.TimedOut, 1000), (fault, network.Time.GetTimestamp()));
    }

    [Fact]
    public void Who_waits_for_a_silent_server_is_woken_at_the_end_of_its_time()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });

        var fault = FaultOf(network, async loop =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            socket.EndAt(2000);
            return await ReadAsync(socket, 1);
        });

        Assert.Equal((Errno.TimedOut, 2000), (fault, network.Time.GetTimestamp()));
    }

    [Fact]
    public void A_server_that_resets_is_a_fault_and_one_that_ends_is_none()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer => peer.Reset());
        var ending = new IPEndPoint(Server.Address, 81);
        network.Serve(ending, peer =>
        {
            peer.Send("bye"u8);
            peer.End();
        });

        Assert.Equal(Errno.ConnectionReset, FaultOf(network, loop => ReadFromAsync(loop, Server)));
        var loop = new Loop(network);
        Assert.Equal("bye", loop.Run(() => ReadFromAsync(loop, ending)));

        static async ValueTask<string> ReadFromAsync(Loop loop, IPEndPoint at)
        {
            using var socket = await OnLoop.ConnectAsync(loop, at, until: loop.Now + 500);
            return Encoding.ASCII.GetString(await ReadAsync(socket, int.MaxValue));
        }
    }

    [Fact]
    public void A_handle_that_is_another_s_in_the_same_turn_is_told_nothing_of_the_first()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });
        var loop = new Loop(network);

        var fault = Assert.Throws<SocketFaultException>(() => loop.Run(async () =>
        {
            using var first = await OnLoop.ConnectAsync(loop, Server, until: 500);
            var second = await OnLoop.ConnectAsync(loop, Server, until: 500);
            // Both changes are told in one turn.
            network.After(10, () =>
            {
                network.Tell(first.Handle, readable: true, writable: false);
                network.Tell(second.Handle, readable: true, writable: true);
            });
            await first.ReadableAsync();
            var handle = second.Handle;
            second.Dispose();
            var connecting = OnLoop.ConnectAsync(loop, new(IPAddress.Parse("192.0.2.1"), 80), until: 5000);
            using var third = await connecting;
            return handle;
        }));

        Assert.Equal((Errno.TimedOut, 5000), (fault.Number, loop.Now));
    }

    [Fact]
    public void A_reset_is_never_taken_for_an_end_whoever_met_it_first()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer =>
        {
            peer.Send("part"u8);
            peer.Reset();
        });
        var loop = new Loop(network);
        var read = "";

        var fault = Assert.Throws<SocketFaultException>(() => loop.Run(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            await SleepAsync(loop, 1000);
            Assert.Throws<SocketFaultException>(() => socket.TryWrite("x"u8));
            read = Encoding.ASCII.GetString(await ReadAsync(socket, 4));
            return await ReadAsync(socket, 1);
        }));

        Assert.Equal(("part", Errno.ConnectionReset), (read, fault.Number));
    }

    [Fact]
    public void What_came_while_nobody_waited_is_told_to_who_waits_next()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer => network.After(100, () => peer.Send("x"u8)));
        var loop = new Loop(network);

        var read = loop.Run(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            Assert.Null(socket.TryRead(new byte[10]));
            await SleepAsync(loop, 1000);
            await socket.ReadableAsync();
            return socket.TryRead(new byte[10]);
        });

        Assert.Equal((1, 1000), (read, loop.Now));
    }

    [Fact]
    public void Nobody_knows_what_has_arrived_over_a_socket_that_is_closed_and_whose_handle_may_be_another_s()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });
        var loop = new Loop(network);

        var (handles, fault) = loop.Run(async () =>
        {
            var first = await OnLoop.ConnectAsync(loop, Server, until: 500);
            first.Dispose();
            using var second = await OnLoop.ConnectAsync(loop, Server, until: 500);
            return ((first.Handle, second.Handle), Assert.Throws<SocketFaultException>(() => first.HasArrived).Number);
        });

        Assert.Equal(handles.Item1, handles.Item2);
        Assert.Equal(Errno.ConnectionAborted, fault);
    }

    [Fact]
    public void The_end_of_its_time_is_told_to_reader_and_writer()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });
        var loop = new Loop(network);

        var faults = loop.Run(async () =>
        {
            var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            socket.EndAt(700);
            var (reading, writing) = (FaultAsync(socket.ReadableAsync()).AsTask(), FaultAsync(socket.WritableAsync()).AsTask());
            return (await reading, await writing);

            async ValueTask<int> FaultAsync(ValueTask wait)
            {
                await wait;
                var fault = Assert.Throws<SocketFaultException>(() => socket.TryWrite("x"u8)).Number;
                socket.Dispose();
                return fault;
            }
        });

        Assert.Equal((Errno.TimedOut, Errno.TimedOut), faults);
    }

    [Fact]
    public void Who_waits_on_a_socket_that_is_disposed_is_woken()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, _ => { });

        var fault = FaultOf(network, async loop =>
        {
            var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            new LoopTimer(loop, socket.Dispose).Set(700);
            return await ReadAsync(socket, 1);
        });

        Assert.Equal((Errno.ConnectionAborted, 700), (fault, network.Time.GetTimestamp()));
    }

    private static int FaultOf<T>(SimulatedNetwork network, Func<Loop, ValueTask<T>> main)
    {
        var loop = new Loop(network);
        return Assert.Throws<SocketFaultException>(() => loop.Run(() => main(loop))).Number;
    }
}
