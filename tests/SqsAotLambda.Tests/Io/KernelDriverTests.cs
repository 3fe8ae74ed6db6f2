using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Io;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Io.OnLoop;

namespace SqsAotLambda.Tests.Io;

/// <summary>The loop on real sockets of this machine.</summary>
public sealed class KernelDriverTests : IDisposable
{
    private readonly KernelDriver driver = new();
    private readonly Loop loop;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public KernelDriverTests()
    {
        loop = new(driver);
        listener.Start();
    }

    private IPEndPoint Server => (IPEndPoint)listener.LocalEndpoint;

    public void Dispose()
    {
        listener.Dispose();
        driver.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task Megabytes_go_both_ways_whole_and_in_order()
    {
        var text = new byte[5 * 1024 * 1024];
        new Random(1).NextBytes(text);
        var echo = Task.Run(EchoAsync);

        var echoed = OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 20_000);
            var reading = ReadAsync(socket, text.Length).AsTask();
            await socket.WriteAsync(text);
            return await reading;
        });
        await echo;

        Assert.True(echoed.AsSpan().SequenceEqual(text));

        async Task EchoAsync()
        {
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await client.GetStream().CopyToAsync(client.GetStream(), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void An_address_of_version_6_is_connected_to()
    {
        using var six = new TcpListener(IPAddress.IPv6Loopback, 0);
        six.Start();

        OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, (IPEndPoint)six.LocalEndpoint, loop.Now + 5000);
            return 0;
        });

        Assert.True(six.Pending());
    }

    [Fact]
    public void A_port_without_a_server_refuses()
    {
        listener.Stop();

        Assert.Equal(Errno.ConnectionRefused, FaultOf(() => OnLoop.ConnectAsync(loop, Server, loop.Now + 5000)));
    }

    [Fact]
    public void Connecting_to_a_server_that_takes_no_more_ends_at_its_time()
    {
        using var full = new FullListener();

        Assert.Equal(Errno.TimedOut, FaultOf(() => OnLoop.ConnectAsync(loop, full.EndPoint, loop.Now + 50)));
    }

    [Fact]
    public void A_reset_is_a_fault()
    {
        Assert.Equal(Errno.ConnectionReset, FaultOf(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 5000);
            var client = listener.AcceptSocket();
            client.LingerState = new(enable: true, seconds: 0);
            client.Dispose();
            return await ReadAsync(socket, 1);
        }));
    }

    [Fact]
    public void What_the_peer_sent_before_it_ended_is_read_to_its_end()
    {
        var read = OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 5000);
            using (var client = listener.AcceptSocket()) client.Send("bye"u8);
            return await ReadAsync(socket, int.MaxValue);
        });

        Assert.Equal("bye"u8.ToArray(), read);
    }

    /// <summary>A read stops before urgent data, and what is behind it is told no more.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_behind_urgent_data_keeps_a_connection_from_resting(bool isTold)
    {
        var (read, rests) = OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 5000);
            using var client = listener.AcceptSocket();
            client.Send("abc"u8);
            client.Send("X"u8, SocketFlags.OutOfBand);
            client.Send("def"u8);
            if (isTold) await socket.ReadableAsync();
            var count = await socket.ReadAsync(new byte[10]);
            return (count, socket.TryRest(() => { }));
        });

        Assert.InRange(read, 1, 3);
        Assert.False(rests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_end_that_comes_with_an_answer_keeps_a_connection_from_resting(bool hasReadBefore)
    {
        var rests = OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 5000);
            using var client = listener.AcceptSocket();
            if (hasReadBefore)
            {
                client.Send("abc"u8);
                await socket.ReadableAsync();
                await socket.ReadAsync(new byte[10]);
            }

            client.Send("def"u8);
            client.Shutdown(SocketShutdown.Send);
            if (!hasReadBefore) await socket.ReadableAsync();
            await socket.ReadAsync(new byte[10]);
            return socket.TryRest(() => { });
        });

        Assert.False(rests);
    }

    [Fact]
    public void What_is_sent_can_arrive_where_the_peer_has_ended_its_own_direction_and_not_where_it_has_reset()
    {
        var (ended, reset) = OnLoopThread(async () =>
        {
            using var socket = await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000);
            socket.EndAt(loop.Now + 20_000);
            using var client = listener.AcceptSocket();
            client.Shutdown(SocketShutdown.Send);
            await socket.ReadAsync(new byte[1]);
            var ended = socket.CanSend;
            client.LingerState = new(enable: true, seconds: 0);
            client.Close();
            await socket.ReadableAsync();
            return (ended, socket.CanSend);
        });

        Assert.Equal((true, false), (ended, reset));
    }

    [Fact]
    public void A_name_of_this_machine_is_found_and_one_that_is_none_says_why()
    {
        var found = OnLoopThread(() => loop.LookUpAsync("localhost", loop.Now + 20_000));
        var missing = OnLoopThread(() => loop.LookUpAsync("name.invalid", loop.Now + 20_000));

        Assert.All(found!.Value.Addresses, address => Assert.True(IPAddress.IsLoopback(address)));
        Assert.NotEmpty(found.Value.Addresses);
        Assert.NotEmpty(missing!.Value.Fault!);
    }

    [Fact]
    public void A_hundred_connections_are_told_apart()
    {
        var numbers = OnLoopThread(async () =>
        {
            List<TcpSocket> sockets = [];
            for (var number = 0; number < 100; number++)
            {
                sockets.Add(await OnLoop.ConnectAsync(loop, Server, loop.Now + 5000));
                sockets[^1].EndAt(loop.Now + 20_000);
                using var client = listener.AcceptSocket();
                client.Send([(byte)number]);
            }

            List<byte> read = [];
            foreach (var socket in sockets) read.AddRange(await ReadAsync(socket, 1));
            sockets.ForEach(socket => socket.Dispose());
            return read;
        });

        Assert.Equal(Enumerable.Range(0, 100).Select(number => (byte)number), numbers);
    }

    private int FaultOf<T>(Func<ValueTask<T>> main) => Assert.Throws<SocketFaultException>(() => OnLoopThread(main)).Number;

    /// <summary>What is awaited goes on inline only where no context of the test's takes it elsewhere.</summary>
    private T OnLoopThread<T>(Func<ValueTask<T>> main)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return loop.Run(main);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
