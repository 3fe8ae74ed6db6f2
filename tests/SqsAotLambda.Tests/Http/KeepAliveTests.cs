using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Http;

/// <summary>What a server says in Keep-Alive, and what the pool makes of it.</summary>
[Collection(Pool.Host)]
public sealed class KeepAliveTests : IDisposable
{
    private readonly Pool pool = new();

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("Keep-Alive: timeout=5", 5, null)]
    [InlineData("Keep-Alive: timeout=5, max=100", 5, 100)]
    [InlineData("keep-alive: timeout=5", 5, null)]
    [InlineData("KEEP-ALIVE:TIMEOUT=5,MAX=7", 5, 7)]
    [InlineData("Keep-Alive:   timeout = 5 ;  max = 7  ", 5, 7)]
    [InlineData("Keep-Alive: timeout=\"5\", max=\" 7 \"", 5, 7)]
    [InlineData("Keep-Alive: max=7, timeout=5", 5, 7)]
    [InlineData("Keep-Alive: timeout=9\r\nX: y\r\nKeep-Alive: max=7\r\nkeep-alive: timeout=5, max=8", 5, 7)]
    [InlineData("Keep-Alive: timeout=5, timeout=9", 5, null)]
    [InlineData("Keep-Alive: timeout=5,\r\n max=7", 5, 7)]
    [InlineData("Keep-Alive : timeout=5", 5, null)]
    [InlineData("Keep-Alive: other=1, timeout=5, , =, max, more=\"x\"", 5, null)]
    [InlineData("Server: k\r\nLink: kK\r\nKeep-Alive: timeout=0", 0, null)]
    [InlineData("Keep-Alive: max=0", null, 0)]
    [InlineData("Keep-Alive:", null, null)]
    [InlineData("Keep-Alive: timeout=, max=", null, null)]
    [InlineData("Keep-Alive: timeout=-1, max=-1", null, null)]
    [InlineData("Keep-Alive: timeout=5.5, max=1e3", null, null)]
    [InlineData("Keep-Alive: timeout=99999999999999999999", null, null)]
    [InlineData("Keep-Alive: timeouts=5, maximum=7", null, null)]
    [InlineData("Keep-Alive: 5", null, null)]
    [InlineData("Keep-Alive", null, null)]
    [InlineData("Keep-Alive-Not: timeout=5", null, null)]
    [InlineData("X-Keep-Alive: timeout=5", null, null)]
    [InlineData("X: Keep-Alive: timeout=5", null, null)]
    [InlineData("Connection: keep-alive", null, null)]
    [InlineData("X: y", null, null)]
    public void It_is_read_leniently_and_what_can_t_be_read_is_ignored(string headers, int? seconds, int? requests)
    {
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{headers}\r\n");

        var said = KeepAlive.Unsaid.After(head);

        Assert.Equal((seconds ?? int.MaxValue, requests ?? int.MaxValue - 1), (said.Seconds, said.Requests));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("timeout=5", 3_999, 1)]
    [InlineData("timeout=5", 4_000, 2)]
    [InlineData("timeout=2", 999, 1)]
    [InlineData("timeout=2", 1_000, 2)]
    [InlineData("timeout=1", 0, 2)]
    [InlineData("timeout=0", 0, 2)]
    [InlineData("max=0", 0, 2)]
    [InlineData("max=1", 0, 1)]
    [InlineData("timeout=600", 49_999, 1)]
    [InlineData("timeout=600", 50_000, 2)]
    public async Task No_request_goes_in_the_last_second_that_the_server_keeps_a_connection(string said, int rest, int connections)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "", $"Keep-Alive: {said}"));

        await pool.FetchAsync(server);
        pool.Time.Advance(TimeSpan.FromMilliseconds(rest));
        await pool.FetchAsync(server);

        Assert.Equal(connections, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_said_once_holds_for_all_later_answers()
    {
        var answers = 0;
        await using var server = new StubServer(_ => answers++ == 0 ? Replies.Status(200, "", "Keep-Alive: timeout=5") : Replies.Status(200));

        await pool.FetchAsync(server);
        await pool.FetchAsync(server);
        pool.Time.Advance(TimeSpan.FromSeconds(4));
        await pool.FetchAsync(server);

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_later_answer_may_say_another_time()
    {
        var answers = 0;
        await using var server = new StubServer(_ => Replies.Status(200, "", $"Keep-Alive: timeout={(answers++ == 0 ? 5 : 9)}"));

        await pool.FetchAsync(server);
        await pool.FetchAsync(server);
        pool.Time.Advance(TimeSpan.FromSeconds(7));
        await pool.FetchAsync(server);

        Assert.Equal(1, server.Connections);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("max=2", 3)]
    [InlineData("max=2, timeout=100", 3)]
    public async Task The_requests_that_a_server_allows_are_counted_whether_or_not_it_counts_them_itself(string said, int most)
    {
        await using var server = new StubServer(_ => Replies.Status(200, "", $"Keep-Alive: {said}"));

        for (var request = 0; request < 2 * most; request++) await pool.FetchAsync(server);

        Assert.Equal([most, most], server.Requests.GroupBy(request => request.Connection).Select(requests => requests.Count()));
    }
}
