using System.Net;
using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

public sealed class ConnectionTests
{
    private const int MaxBody = 1024;

    private static readonly byte[] Request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray();

    [Theory(Timeout = 30_000)]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task A_host_is_an_address_or_a_name(string host)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        using var connection = await Connection.OpenAsync(TestLoop.Here, $"{host}:{server.Port}", MaxBody);

        var response = await ExchangeAsync(connection);

        Assert.Equal("ok", Encoding.UTF8.GetString(response.Body.Span));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_rests_can_carry_a_request()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        using var connection = await Connection.OpenAsync(TestLoop.Here, server.Authority, MaxBody);

        var before = CanRest(connection);
        await ExchangeAsync(connection);
        var after = CanRest(connection);

        Assert.True(before);
        Assert.True(after);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_the_server_closed_carries_no_other_request()
    {
        await using var server = new StubServer(_ => Replies.RawThenClose("HTTP/1.1 204 No Content\r\n\r\n"));
        using var connection = await Connection.OpenAsync(TestLoop.Here, server.Authority, MaxBody);

        await ExchangeAsync(connection);
        await server.ClosedAsync();

        Assert.False(CanRest(connection));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")]
    public async Task A_connection_with_bytes_nobody_asked_for_carries_no_other_request(string answers)
    {
        await using var server = new StubServer(_ => Replies.Raw(answers));
        using var connection = await Connection.OpenAsync(TestLoop.Here, server.Authority, MaxBody);

        await ExchangeAsync(connection);

        Assert.False(CanRest(connection));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_disposed_connection_carries_no_other_request()
    {
        await using var server = new StubServer(_ => Replies.Status(200, "ok"));
        var connection = await Connection.OpenAsync(TestLoop.Here, server.Authority, MaxBody);

        connection.Dispose();

        Assert.False(CanRest(connection));
    }

    [Fact(Timeout = 30_000)]
    public async Task To_connect_where_nobody_listens_fails()
    {
        // Bound, so that no one else takes the port, but not listening.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        await Assert.ThrowsAsync<SocketFaultException>(() => Connection.OpenAsync(TestLoop.Here, $"{silent.LocalEndPoint}", MaxBody).AsTask());
    }

    private static bool CanRest(Connection connection) => connection.TryRest(() => { }) && connection.TryEndRest();

    private static async Task<Response> ExchangeAsync(Connection connection) =>
        await connection.TakeAsync(await connection.SendAsync(Request, body: default, accepts: static (in _) => true));
}
