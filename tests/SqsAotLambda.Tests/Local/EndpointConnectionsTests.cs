using System.Net;
using System.Net.Sockets;
using SqsAotLambda.Local;

namespace SqsAotLambda.Tests.Local;

public sealed class EndpointConnectionsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Of_three_connections_one_is_left_one_closed_and_one_reset()
    {
        var connections = new EndpointConnections();
        await using var server = await LocalServer.StartAsync(_ => Task.CompletedTask, connections.Around);
        using var closed = await OpenAsync(server);
        using var reset = await OpenAsync(server);
        using var left = await OpenAsync(server);

        var ended = connections.End([PortOf(closed), PortOf(reset), PortOf(left)]);

        Assert.Equal(2, ended);
        Assert.Equal(0, await closed.ReceiveAsync(new byte[1], Stop));
        Assert.Equal(
            SocketError.ConnectionReset,
            (await Assert.ThrowsAsync<SocketException>(() => reset.ReceiveAsync(new byte[1], Stop).AsTask())).SocketErrorCode);
        await ExchangeAsync(left);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connections_from_other_ports_stay_open()
    {
        var connections = new EndpointConnections();
        await using var server = await LocalServer.StartAsync(_ => Task.CompletedTask, connections.Around);
        using var other = await OpenAsync(server);

        var ended = connections.End([server.Address.Port]);

        Assert.Equal(0, ended);
        await ExchangeAsync(other);
    }

    /// <summary>A connection that the server knows, for it has answered over it.</summary>
    private static async Task<Socket> OpenAsync(LocalServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await ExchangeAsync(socket);
        return socket;
    }

    private static async Task ExchangeAsync(Socket socket)
    {
        await socket.SendAsync("GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), Stop);
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1024], Stop));
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
