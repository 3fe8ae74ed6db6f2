using SqsAotLambda.Http;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>What servers do to two requests, one after the other, comes out over TLS as it does without it.</summary>
[Collection(Pool.Host)]
public sealed class OverTlsTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static readonly Dictionary<string, Func<Reply>> Servers = new()
    {
        ["answers"] = () => Replies.Raw(Ok),
        ["answers byte by byte"] = () => Replies.Trickled(Ok),
        ["answers, then closes"] = () => Replies.RawThenClose(Ok),
        ["answers, then says that it closes"] = () => Then(Ok, Replies.CloseNotify),
        ["answers, then resets"] = () => Then(Ok, Replies.Reset),
        ["answers twice"] = () => Replies.Raw(Ok + Ok),
        ["answers and sends a part of another answer"] = () => Replies.Raw(Ok + "HTTP/1.1 2"),
        ["answers up to its end"] = () => Replies.RawThenClose("HTTP/1.1 200 OK\r\n\r\nup to here"),
        ["answers up to its farewell"] = () => Then("HTTP/1.1 200 OK\r\n\r\nup to here", Replies.CloseNotify),
        ["answers up to a reset"] = () => Then("HTTP/1.1 200 OK\r\n\r\nup to here", Replies.Reset),
        ["ends within a head"] = () => Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-"),
        ["ends within a status line"] = () => Replies.RawThenClose("HTTP/1.1 2"),
        ["ends within a body"] = () => Replies.RawThenClose("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"),
        ["ends within a chunk"] = () => Replies.RawThenClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok"),
        ["ends after interim answers"] = () => Replies.RawThenClose("HTTP/1.1 103 Early Hints\r\n\r\n"),
        ["closes"] = () => Replies.Close,
        ["says that it closes"] = () => Replies.CloseNotify,
        ["resets"] = () => Replies.Reset,
        ["sends nonsense"] = () => Replies.Raw("nonsense\r\n\r\n"),
        ["sends too much"] = () => Replies.Raw($"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{new string('x', 100_000)}"),
    };

    private readonly Pool pool = new();

    public static IEnumerable<TheoryDataRow<string>> Names => Servers.Keys.Select(name => new TheoryDataRow<string>(name));

    public void Dispose() => pool.Dispose();

    [Theory(Timeout = 30_000), MemberData(nameof(Names))]
    public async Task It_comes_out_the_same(string server)
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        using var certificate = root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey;

        await using var plain = new StubServer(_ => Servers[server]());
        await using var secure = new StubServer(_ => Servers[server](), certificate);

        Assert.Equal(await TryTwiceAsync(trusting, plain), await TryTwiceAsync(trusting, secure));
    }

    private static async Task<(string, string)> TryTwiceAsync(ConnectionPool connections, StubServer server) =>
        (await TryAsync(connections, server), await TryAsync(connections, server));

    private static async Task<string> TryAsync(ConnectionPool connections, StubServer server)
    {
        try
        {
            return await FetchAsync(connections, server);
        }
        catch (HttpFaultException e)
        {
            return e.Fault.ToString();
        }
    }

    private static Reply Then(string answer, Reply then) => async (stream, socket, end) =>
    {
        await Replies.Raw(answer)(stream, socket, end);
        return await then(stream, socket, end);
    };
}
