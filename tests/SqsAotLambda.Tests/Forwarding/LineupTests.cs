using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.SimulatedWorld;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Batches of more lanes than there are slots, which wait for turns, for pauses, or behind others of their group.</summary>
public sealed class LineupTests : IDisposable
{
    private const string Name = "crowded.example";
    private const int Minute = 60_000;

    private readonly SimulatedWorld world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_limited_group_ends_with_the_deadline_however_many_of_its_messages_wait()
    {
        world.Serve(Name, answerAfter: Minute);
        world.Serve("other.example", answerAfter: Minute);
        var function = world.Compose([Name, "other.example"], ("FORWARD_GROUP_CONCURRENCY", "1"));
        var noisy = Enumerable.Range(0, 50).Select(
            index => To(index % 2 == 0 ? Name : "other.example", $"noisy {index}") with { GroupId = "noisy" });

        var (failed, took) = world.Handle(function, 10_000, noisy);

        Assert.Equal(50, failed.Length);
        Assert.InRange(took, 8_400, 8_600);
    }

    [Fact(Timeout = 30_000)]
    public async Task After_the_deadline_all_on_their_last_receive_are_copied_in_whatever_round_they_are()
    {
        var (time, copied) = (Given.Clock(), new List<string>());
        var handler = Given.Handler(
            [Given.Endpoint()],
            (_, _, deadline) =>
            {
                time.SetUtcNow(deadline.At);
                return new(new Delivery(Outcome.Unavailable));
            },
            time,
            bury: (message, _, _) =>
            {
                copied.Add(message.Id);
                return Task.FromResult(true);
            },
            maxReceiveCount: 10,
            concurrency: 1);
        Message[] batch = [.. Given.Batch("a1", "q1", "a2", "a3").Select(
            message => message with { GroupId = message.Id[..1], ReceiveCount = message.Id[0] == 'a' ? 10 : 1 })];

        var failed = await handler.HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["a1", "a2", "a3"], copied);
        Assert.Equal(["q1"], failed.Select(message => message.Id));
    }

    [Fact]
    public void More_messages_than_may_wait_beside_the_slots_wait_out_a_pause_all_the_same()
    {
        Script(() => world.Network.Now < 1_000 ? "502 Bad Gateway" : "200 OK");

        var (failed, took) = world.Handle(world.Compose([Name]), Minute, Messages(2_000));

        Assert.InRange(failed.Length, 20, 40);
        Assert.InRange(took, 1_000, 40_000);
    }

    [Fact]
    public void More_messages_than_may_wait_beside_the_slots_have_their_turns_all_the_same()
    {
        var came = new List<long>();
        Script(() =>
        {
            came.Add(world.Network.Now);
            return "429 Too Many Requests";
        });

        world.Handle(world.Compose([Name]), Minute, Messages(2_000));

        // 10 at once, then one a second.
        Assert.InRange(came.Count, 66, 70);
    }

    [Fact]
    public void What_finds_a_slot_again_only_after_the_deadline_was_not_attempted()
    {
        world.Serve("slow.example", answerAfter: Minute);
        Script(() => "502 Bad Gateway");
        const string Routes =
            $$"""
            [{"name":"{{Name}}","url":"http://{{Name}}/","when":{"attribute:to":"{{Name}}"},"timeout":"5s"},
             {"name":"slow","url":"http://slow.example/","timeout":"1m"}]
            """;
        var function = world.Compose([], ("FORWARD_ROUTES", Routes), ("FORWARD_ALLOW_HTTP", "true"));
        world.Handle(function, Minute, Messages(20));
        var slow = Enumerable.Range(0, 20).Select(index => To("slow.example", $"slow {index}"));

        world.Handle(function, 9_000, Messages(10).Concat(slow));

        var outcomes = world.Lines("MessageFailed").Where(line => line.GetProperty("route").ValueEquals(Name)).Skip(20)
            .Select(line => $"{line.GetProperty("outcome")}");
        Assert.Equal(Enumerable.Repeat("NotAttempted", 10), outcomes);
    }

    private static IEnumerable<Message> Messages(int count) => Enumerable.Range(0, count).Select(index => To(Name, $"{index}"));

    private void Script(Func<string> status) => world.Script(Name, (peer, _) =>
    {
        var head = $"HTTP/1.1 {status()}\r\nContent-Length: 0\r\n\r\n";
        world.Network.After(20, () => peer.Send(Encoding.ASCII.GetBytes(head)));
    });
}
