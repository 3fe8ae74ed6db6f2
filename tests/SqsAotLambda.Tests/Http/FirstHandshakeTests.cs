using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.Pool;

namespace SqsAotLambda.Tests.Http;

/// <summary>Of many requests at once to a new origin one shakes hands first, over sockets.</summary>
[Collection(Pool.Host)]
public sealed class FirstHandshakeTests : IDisposable
{
    private readonly Pool pool = new();

    public void Dispose() => pool.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Of_many_requests_at_once_one_shakes_hands_with_the_origin_and_the_others_go_on_from_its_ticket()
    {
        var heard = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        using var others = new Gathering(9);
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(
            request =>
                request.Path == "/first"
                    ? Heard(heard, Replies.After(answer.Task, Replies.Status(200)))
                    : others.Join(Replies.Status(200)), LongCertificate(root));

        var all = Enumerable.Range(0, 10).Select(index => FetchAsync(trusting, server, index == 0 ? "first" : "")).ToList();
        await heard.Task;
        answer.SetResult();
        await Task.WhenAll(all);

        Assert.Equal(10, server.Connections);
        // .NET's server does not take up each of its tickets.
        Assert.InRange(server.Resumptions, 8, 9);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_ticket_that_does_not_come_is_waited_for_no_longer_than_a_moment()
    {
        var heard = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(
            request =>
                request.Path == "/first"
                    ? Heard(heard, Replies.After(answer.Task, Replies.Status(200)))
                    : Replies.Status(200), root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey)
        { GivesTickets = false };
        var first = FetchAsync(trusting, server, "first", TimeSpan.FromHours(1), Deadline.Never);
        var other = FetchAsync(trusting, server, "", TimeSpan.FromHours(1), Deadline.Never);
        await heard.Task;
        Assert.Equal(1, server.Connections);

        // In small steps: when the other begins to wait can't be seen from here.
        while (!other.IsCompleted)
        {
            pool.Time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        await other;
        Assert.False(first.IsCompleted);
        answer.SetResult();
        await first;

        Assert.Equal(2, server.Connections);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_ticket_is_good_for_its_own_origin_alone()
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(root);
        await using var server = new StubServer(_ => Replies.Status(200), root.Server(Issued.Terms.For(names => names.AddDnsName(Host))).WithKey);
        await FetchAsync(trusting, server);

        var other = new Request("POST", new($"https://localhost:{server.Port}/"), "body"u8.ToArray());
        var fault = await FaultAsync(trusting.FetchAsync(other, TimeSpan.FromSeconds(10), Deadline.Never));

        Assert.Equal(Fault.Certificate, fault);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_first_handshake_that_fails_holds_up_nobody()
    {
        var root = Issued.Root("root");
        using var trusting = pool.Trusting(Issued.Root("other"));
        await using var server = new StubServer(_ => Replies.Status(200), LongCertificate(root));

        var all = Enumerable.Range(0, 5).Select(_ => FaultAsync(FetchAsync(trusting, server))).ToList();

        Assert.Equal(Enumerable.Repeat(Fault.Certificate, 5), await Task.WhenAll(all));
    }
}
