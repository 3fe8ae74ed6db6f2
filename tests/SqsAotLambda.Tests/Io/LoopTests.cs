using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using SqsAotLambda.Io;
using static SqsAotLambda.Tests.Io.OnLoop;

namespace SqsAotLambda.Tests.Io;

/// <summary>The loop in a simulated network: what goes on when, whatever comes in whatever order.</summary>
public sealed class LoopTests
{
    private static readonly IPEndPoint Server = new(IPAddress.Parse("10.0.0.1"), 80);

    [Fact]
    public void Timers_elapse_in_the_order_of_their_times_whatever_they_were_before()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);
        List<(string Name, long At)> elapsed = [];
        var timers = new[] { "later", "stopped", "earlier", "kept" }
            .ToDictionary(name => name, name => new LoopTimer(loop, () => elapsed.Add((name, loop.Now))));
        foreach (var timer in timers.Values) timer.Set(100);

        timers["later"].Set(300);
        timers["stopped"].Stop();
        timers["earlier"].Set(50);
        Run(loop, until: 1000);

        Assert.Equal([("earlier", 50), ("kept", 100), ("later", 300)], elapsed);
    }

    [Fact]
    public void A_timer_may_set_itself_again()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);
        List<long> elapsed = [];
        LoopTimer? timer = null;
        timer = new(loop, () =>
        {
            elapsed.Add(loop.Now);
            if (elapsed.Count < 3) timer!.Set(loop.Now + 10);
        });

        timer.Set(10);
        Run(loop, until: 100);

        Assert.Equal([10, 20, 30], elapsed);
    }

    [Fact]
    public void A_timer_that_sets_itself_for_now_holds_up_nothing_else()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);
        var (times, cameAfter) = (0, 0);
        LoopTimer? timer = null;
        timer = new(loop, () =>
        {
            if (times == 0) network.After(0, () => cameAfter = times);
            if (++times < 1000) timer!.Set(loop.Now);
        });

        timer.Set(10);
        Run(loop, until: 100);

        Assert.Equal((1000, 1), (times, cameAfter));
    }

    [Fact]
    public void After_a_freeze_timers_elapse_in_the_order_of_their_times()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);
        List<string> elapsed = [];
        var (first, second) = (new LoopTimer(loop, () => elapsed.Add("first")), new LoopTimer(loop, () => elapsed.Add("second")));
        second.Set(50);
        second.Set(300);
        first.Set(100);

        network.Freeze(500);
        Run(loop, until: 1000);

        Assert.Equal(["first", "second"], elapsed);
    }

    [Fact]
    public void Timers_that_were_stopped_are_let_go_of_before_their_times()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);
        var stopped = Stopped();

        for (var each = 0; each < 1000; each++)
        {
            var timer = new LoopTimer(loop, () => { });
            timer.Set(1_000_000);
            timer.Stop();
        }

        GC.Collect();
        Assert.False(stopped.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Stopped()
        {
            var timer = new LoopTimer(loop, () => { });
            timer.Set(1_000_000);
            timer.Stop();
            return new(timer);
        }
    }

    [Fact]
    public void What_was_sent_arrives_whole_and_in_order_in_a_thousand_networks()
    {
        for (ulong seed = 0; seed < 1000; seed++) Assert.True(Echoes(seed).IsWhole, $"seed {seed}");
    }

    [Fact]
    public void A_seed_is_the_same_life_each_time()
    {
        Assert.Equal(Echoes(7).Trace, Echoes(7).Trace);
        Assert.NotEqual(Echoes(7).Trace, Echoes(8).Trace);
    }

    [Fact]
    public void The_next_turn_comes_though_nothing_else_does()
    {
        using var network = new SimulatedNetwork(1);
        var loop = new Loop(network);

        loop.Run(() => loop.NextTurnAsync().AsTask());

        Assert.Equal(0, loop.Now);
    }

    [Fact]
    public void What_is_there_comes_before_what_is_late()
    {
        using var network = new SimulatedNetwork(1);
        network.Serve(Server, peer => peer.Send("x"u8));
        var loop = new Loop(network);

        var read = loop.Run(() => ReadLateAsync());

        Assert.Equal("x", read);

        async ValueTask<string> ReadLateAsync()
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, until: 500);
            var until = loop.Now + 100;
            socket.EndAt(until);
            // The process is frozen, while the byte arrives and its time ends.
            network.Freeze(5000);
            return Encoding.ASCII.GetString(await ReadAsync(socket, 1));
        }
    }

    [Fact]
    public void However_much_is_there_comes_before_what_is_late()
    {
        using var network = new SimulatedNetwork(1);
        List<SimulatedPeer> peers = [];
        network.Serve(Server, peers.Add);
        var loop = new Loop(network);

        var read = loop.Run(async () =>
        {
            List<TcpSocket> sockets = [];
            for (var each = 0; each < 150; each++) sockets.Add(await OnLoop.ConnectAsync(loop, Server, loop.Now + 500));
            sockets.ForEach(socket => socket.EndAt(loop.Now + 100));
            var reading = sockets.Select(socket => ReadAsync(socket, 1).AsTask()).ToArray();
            peers.ForEach(peer => peer.Send("x"u8));
            network.Freeze(5000);
            var count = 0;
            foreach (var each in reading) count += (await each).Length;
            return count;
        });

        Assert.Equal(150, read);
    }

    /// <summary>Ten connections, each of which sends and gets back a text of up to 10,000 bytes.</summary>
    private static (bool IsWhole, ulong Trace) Echoes(ulong seed)
    {
        using var network = new SimulatedNetwork(seed);
        network.Serve(Server, peer => peer.OnBytes = bytes => peer.Send(bytes));
        var loop = new Loop(network);
        var texts = Enumerable.Range(0, 10).Select(_ => RandomText(network)).ToArray();

        var echoes = loop.Run(() => AllAsync());

        return (echoes.Zip(texts).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)), network.Trace);

        async ValueTask<byte[][]> AllAsync()
        {
            var all = texts.Select(text => EchoAsync(loop, text).AsTask()).ToArray();
            List<byte[]> done = [];
            foreach (var each in all) done.Add(await each);
            return [.. done];
        }
    }

    private static async ValueTask<byte[]> EchoAsync(Loop loop, byte[] text)
    {
        using var socket = await OnLoop.ConnectAsync(loop, Server, until: 1000);
        socket.EndAt(loop.Now + 1_000_000);
        await socket.WriteAsync(text);
        return await ReadAsync(socket, text.Length);
    }

    private static byte[] RandomText(SimulatedNetwork network)
    {
        var text = new byte[1 + network.Below(10_000)];
        for (var index = 0; index < text.Length; index++) text[index] = (byte)network.Below(256);
        return text;
    }

    private static void Run(Loop loop, long until)
    {
        loop.Run(() => MainAsync());

        async ValueTask<int> MainAsync()
        {
            await SleepAsync(loop, until);
            return 0;
        }
    }
}
