using System.Net.Sockets;
using System.Text;
using SqsAotLambda.Interop.Wire;

namespace SqsAotLambda.Tests.Interop;

public sealed class RelayTests : IAsyncDisposable
{
    /// <summary>In milliseconds: what a wait waits for may never come.</summary>
    private const int Limit = 30_000;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider time = new();
    private readonly StubServer server = new(_ => Replies.Status(200));
    private readonly List<TcpClient> clients = [];

    [Fact(Timeout = Limit)]
    public async Task What_comes_is_passed_on_both_ways()
    {
        await using var relay = new Relay(server.Port, time);

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(relay));
    }

    [Fact(Timeout = Limit)]
    public async Task What_comes_is_passed_on_when_its_delay_is_over()
    {
        const int others = 20;
        await using var far = new Relay(server.Port, time, Delay);
        await using var near = new Relay(server.Port, time);
        var answer = AskAsync(far);
        for (var asked = 0; asked < others; asked++) await AskAsync(near);

        Assert.Equal(others, server.Requests.Count);
        await AdvanceUntilAsync(() => answer.IsCompleted);
        Assert.InRange(time.GetUtcNow() - time.Start, 2 * Delay, TimeSpan.MaxValue);
        Assert.StartsWith("HTTP/1.1 200 ", await answer);
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_too_many_is_closed()
    {
        await using var relay = new Relay(server.Port, time, limit: (1, Excess.Close));
        var first = await ConnectAsync(relay);
        await AskAsync(first);

        Assert.Equal(0, await ReadAsync(await ConnectAsync(relay)));
        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(first));
    }

    [Fact(Timeout = Limit)]
    public async Task A_connection_too_many_is_stalled_while_the_first_goes_on()
    {
        await using var relay = new Relay(server.Port, time, limit: (1, Excess.Stall));
        var first = await ConnectAsync(relay);
        await AskAsync(first);

        var second = AskAsync(relay);

        Assert.StartsWith("HTTP/1.1 200 ", await AskAsync(first));
        Assert.False(second.IsCompleted);
        Assert.Equal(1, server.Connections);
    }

    [Fact(Timeout = Limit)]
    public async Task There_is_room_again_when_a_connection_has_ended()
    {
        await using var relay = new Relay(server.Port, time, limit: (1, Excess.Close));
        var first = await ConnectAsync(relay);
        await AskAsync(first);

        var stream = first.GetStream();
        first.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
        while (!(await AskAsync(relay)).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal)) Token.ThrowIfCancellationRequested();
    }

    [Fact(Timeout = Limit)]
    public async Task A_reset_of_the_server_is_passed_on()
    {
        await using var resetting = new StubServer(_ => Replies.Reset);
        await using var relay = new Relay(resetting.Port, time);

        await Assert.ThrowsAsync<IOException>(() => AskAsync(relay));
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        await server.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<TcpClient> ConnectAsync(Relay relay)
    {
        var client = new TcpClient();
        clients.Add(client);
        await client.ConnectAsync("127.0.0.1", relay.Port, Token);
        return client;
    }

    private async Task<string> AskAsync(Relay relay) => await AskAsync(await ConnectAsync(relay));

    private static async Task<string> AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token);
        var answer = new byte[1000];
        return Encoding.ASCII.GetString(answer.AsSpan(0, await client.GetStream().ReadAsync(answer, Token)));
    }

    private static async Task<int> ReadAsync(TcpClient client) => await client.GetStream().ReadAsync(new byte[1], Token);

    private async Task AdvanceUntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }
    }
}
