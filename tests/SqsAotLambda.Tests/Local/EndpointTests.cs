using System.Text;
using SqsAotLambda.Local;
using SqsAotLambda.Local.Pressure;

namespace SqsAotLambda.Tests.Local;

/// <summary>What the built-in endpoint answers under pressure.</summary>
public sealed class EndpointTests
{
    private readonly Ledger ledger = Samples.Ledger();
    private readonly Timeline timeline = new(TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(nameof(Behaviour.Down), 503, null)]
    [InlineData(nameof(Behaviour.Throttled), 429, null)]
    [InlineData(nameof(Behaviour.Overloaded), 503, "1")]
    [InlineData(nameof(Behaviour.Walled), 400, null)]
    [InlineData(nameof(Behaviour.Broken), 502, null)]
    public async Task Every_request_gets_the_answer_of_the_trouble(string behaviour, int status, string? retryAfter)
    {
        var trouble = new Always(Enum.Parse<Behaviour>(behaviour));
        await using var server = await StartAsync(trouble);

        using var answer = await SendAsync(server);

        Assert.Equal((status, retryAfter), ((int)answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Equal((0, 1), (ledger.Delivered, ledger.TurnedAway));
        Assert.Equal(trouble.Meet(), Assert.Single(timeline.Answers).Behaviour);
        Assert.Equal($"{status}", Endpoint.Describe(trouble.Meet()!.Value));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_request_that_is_cut_off_gets_no_answer()
    {
        await using var server = await StartAsync(new Always(Behaviour.CutOff));

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(server));

        Assert.Equal((0, 1), (ledger.Delivered, ledger.TurnedAway));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_trouble_the_message_decides()
    {
        await using var server = await StartAsync(new Always(null));

        using var answer = await SendAsync(server);

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal((1, 0), (ledger.Delivered, ledger.TurnedAway));
    }

    private Task<LocalServer> StartAsync(Trouble trouble)
    {
        ledger.Receive(0);
        return LocalServer.StartAsync(new Endpoint(ledger, routes: null, TimeSpan.Zero, trouble, timeline, TimeProvider.System).AnswerAsync);
    }

    private static async Task<HttpResponseMessage> SendAsync(LocalServer server)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/invoices"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes("body 0")),
            Headers = { { "Idempotency-Key", "id-0" } },
        };
        return await http.SendAsync(request, Stop);
    }

    private sealed class Always(Behaviour? behaviour) : Trouble
    {
        public override Behaviour? Meet() => behaviour;
    }
}
