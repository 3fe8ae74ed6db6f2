using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Io;

/// <summary>Methods that wait on the loop cost no memory, and end as any other method does.</summary>
public sealed class LoopMethodBuilderTests
{
    private readonly Waiter waiter = new();

    [Fact]
    public void A_method_that_never_waits_is_over_at_once() => Assert.Equal(7, Run(SumAsync(waits: 0)));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_method_that_waits_goes_on_where_it_was(int waits)
    {
        var sum = SumAsync(waits);
        for (var each = 0; each < waits; each++) waiter.Signal();

        Assert.Equal(7 + waits, Run(sum));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_a_method_throws_is_thrown_to_who_awaits_it(int waits)
    {
        var call = ThrowAsync(waits);
        for (var each = 0; each < waits; each++) waiter.Signal();

        Assert.Equal("thrown", Assert.Throws<InvalidOperationException>(() => Run(call)).Message);
    }

    [Fact]
    public void A_call_can_t_be_awaited_twice()
    {
        var call = SumAsync(waits: 1);
        waiter.Signal();
        Run(call);

        Assert.Throws<InvalidOperationException>(() => Run(call));
    }

    [Fact]
    public void A_call_that_is_awaited_twice_does_not_disturb_the_next()
    {
        ValueTask<int> first = default, second = default;
        Begin(ref first, SumAsync(waits: 1));
        waiter.Signal();
        Run(first);
        Begin(ref second, SumAsync(waits: 1));

        Assert.Throws<InvalidOperationException>(() => first.GetAwaiter().OnCompleted(() => { }));

        waiter.Signal();
        Assert.Equal(8, Run(second));
    }

    [Fact]
    public void A_signal_that_comes_before_the_wait_is_awaited_is_not_lost()
    {
        ValueTask wait = default;
        Begin(ref wait, waiter.WaitAsync());

        waiter.Signal();

        Assert.True(wait.IsCompletedSuccessfully);
    }

    [Fact]
    public void Two_can_t_wait_in_one_place()
    {
        ValueTask<int> first = default;
        Begin(ref first, SumAsync(waits: 1));

        Assert.Throws<InvalidOperationException>(() => Run(SumAsync(waits: 1)));

        waiter.Signal();
        Assert.Equal(8, Run(first));
    }

    /// <summary>Ten at once, so that no pool of one state a processor is enough. The lanes themselves are the test's, and are objects.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_thousand_exchanges_over_ten_sockets_allocate_nothing_each()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var echoing = EchoAllAsync(listener);
        using var driver = new KernelDriver();

        var allocated = await Task.Factory.StartNew(
            () => ExchangeAll(new(driver), (IPEndPoint)listener.LocalEndpoint),
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await echoing;

        Assert.InRange(allocated, 0, 4000);
    }

    private static long ExchangeAll(Loop loop, IPEndPoint server)
    {
        return loop.Run(() => AllAsync());

        async ValueTask<long> AllAsync()
        {
            List<TcpSocket> sockets = [];
            for (var each = 0; each < 10; each++) sockets.Add(await OnLoop.ConnectAsync(loop, server, loop.Now + 20_000));
            sockets.ForEach(socket => socket.EndAt(loop.Now + 50_000));
            var lanes = new ValueTask[sockets.Count];
            var buffers = sockets.Select(_ => new byte[100]).ToArray();
            for (var round = 0; round < 10; round++) await RoundAsync();
            var before = GC.GetAllocatedBytesForCurrentThread();
            await RoundAsync();
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            sockets.ForEach(socket => socket.Dispose());
            return allocated;

            [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
            async ValueTask RoundAsync()
            {
                for (var lane = 0; lane < lanes.Length; lane++) Begin(ref lanes[lane], LaneAsync(sockets[lane], buffers[lane]));
                for (var lane = 0; lane < lanes.Length; lane++) await lanes[lane];
            }
        }
    }

    /// <summary>The call is awaited later, once.</summary>
    private static void Begin(ref ValueTask place, ValueTask call) => place = call;

    private static void Begin(ref ValueTask<int> place, ValueTask<int> call) => place = call;

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private static async ValueTask LaneAsync(TcpSocket socket, byte[] buffer)
    {
        for (var exchange = 0; exchange < 100; exchange++)
        {
            await socket.WriteAsync(buffer);
            for (var received = 0; received < buffer.Length;) received += await socket.ReadAsync(buffer.AsMemory(received));
        }
    }

    private static async Task EchoAllAsync(TcpListener listener)
    {
        var stop = TestContext.Current.CancellationToken;
        List<Task> echoes = [];
        for (var each = 0; each < 10; each++) echoes.Add(EchoAsync(await listener.AcceptTcpClientAsync(stop)));
        await Task.WhenAll(echoes);

        async Task EchoAsync(TcpClient client)
        {
            using (client) await client.GetStream().CopyToAsync(client.GetStream(), stop);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<int> SumAsync(int waits)
    {
        var sum = 7;
        for (var each = 0; each < waits; each++)
        {
            await waiter.WaitAsync();
            sum++;
        }

        return sum;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<int> ThrowAsync(int waits)
    {
        for (var each = 0; each < waits; each++) await waiter.WaitAsync();
        throw new InvalidOperationException("thrown");
    }

    /// <summary>It is over, or the test is wrong.</summary>
    private static T Run<T>(ValueTask<T> call) => call.GetAwaiter().GetResult();
}
