using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Local;

/// <summary>The built-in endpoint fails for a moment in the middle of a run.</summary>
public sealed class BlipTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider time = Given.Clock();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void It_begins_after_so_many_requests_and_lasts_as_long_as_it_was_told_to()
    {
        var blip = new Blip(new(Length, Refuses: false), after: 2, time);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal([null, null], [blip.Meet(), blip.Meet()]);
        Assert.Null(blip.Beginning);

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Behaviour.Broken, blip.Meet());
        Assert.Equal(time.GetTimestamp(), blip.Beginning);

        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(Behaviour.Broken, blip.Meet());

        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(blip.Meet());
    }

    [Fact]
    public void One_that_refuses_cuts_off_what_still_comes_in() =>
        Assert.Equal(Behaviour.CutOff, new Blip(new(Length, Refuses: true), after: 0, time).Meet());

    [Fact(Timeout = 30_000)]
    public async Task One_that_refuses_closes_the_listener_and_opens_it_again_at_the_same_address()
    {
        var blip = new Blip(new(Length, Refuses: true), after: 0, time);
        await using var server = await EndpointServer.StartAsync(_ => Task.CompletedTask, around: null, blip, time);
        using var open = await ConnectAsync(server);

        blip.Meet();

        while (!await IsRefusedAsync(server)) await Task.Yield();
        Assert.True(await HasEndedAsync(open));
        Assert.True(await IsRefusedAsync(server));

        // Again and again: the server may look at the clock after the first time.
        do time.Advance(Length);
        while (await IsRefusedAsync(server));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_whose_blip_never_ends_can_be_stopped()
    {
        var blip = new Blip(new(Length, Refuses: true), after: 0, time);
        var server = await EndpointServer.StartAsync(_ => Task.CompletedTask, around: null, blip, time);
        blip.Meet();
        while (!await IsRefusedAsync(server)) await Task.Yield();

        // The test's own limit is the assertion: the clock stands still.
        await server.DisposeAsync();
    }

    private static async Task<Socket> ConnectAsync(EndpointServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        return socket;
    }

    private static async Task<bool> IsRefusedAsync(EndpointServer server)
    {
        Stop.ThrowIfCancellationRequested();
        try
        {
            using var socket = await ConnectAsync(server);
            return false;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return true;
        }
        // The listener closes just now.
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }

    private static async Task<bool> HasEndedAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], Stop) == 0;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset)
        {
            return true;
        }
    }
}
