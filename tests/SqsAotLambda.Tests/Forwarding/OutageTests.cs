using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>An endpoint that is down for ten minutes, in simulated time: one environment, 100 messages, five receives.</summary>
public sealed class OutageTests
{
    private const int MaxReceiveCount = 5;
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan VisibilityTimeout = TimeSpan.FromMinutes(6);

    public static readonly TheoryData<int> Seeds = [.. Enumerable.Range(1, 12)];

    [Theory(Timeout = 30_000), MemberData(nameof(Seeds))]
    public async Task With_the_breaker_no_message_reaches_the_dead_letters(int seed) =>
        Assert.Equal((100, 0), await SimulateAsync(seed, breakerOn: true));

    [Theory(Timeout = 30_000), MemberData(nameof(Seeds))]
    public async Task Without_the_breaker_they_do(int seed)
    {
        var (delivered, dead) = await SimulateAsync(seed, breakerOn: false);

        Assert.Equal(100, delivered + dead);
        Assert.InRange(dead, 1, 100);
    }

    private static async Task<(int Delivered, int Dead)> SimulateAsync(int seed, bool breakerOn)
    {
        var time = Given.Clock();
        var end = time.GetUtcNow() + Outage;
        var random = new Random(seed);
        var queue = Enumerable.Range(0, 100)
            .ToDictionary(index => $"m{index}", _ => (Receives: 0, VisibleAt: time.GetUtcNow() + TimeSpan.FromSeconds(random.Next(10))));
        var (delivered, dead) = (0, 0);
        Endpoint[] endpoints = [Given.Endpoint(new Breaker(breakerOn, time))];
        Send send = (endpoint, _, _) =>
            Task.FromResult(new Delivery(time.GetUtcNow() < end ? Outcome.Unavailable : Outcome.Delivered, Endpoint: endpoint));
        Bury bury = (_, _, _) => Task.FromResult(true);
        Postpone postpone = (_, messages, _) =>
        {
            foreach (var (message, delay) in messages) queue[message.Id] = (queue[message.Id].Receives, time.GetUtcNow() + delay);
            return Task.CompletedTask;
        };
        var handler = Given.Handler(endpoints, send, time, bury, postpone, maxReceiveCount: MaxReceiveCount, chance: random.NextDouble);

        while (queue.Count > 0)
        {
            var ids = queue.Where(
                each => each.Value.VisibleAt <= time.GetUtcNow()).OrderBy(each => each.Value.VisibleAt).Take(10).Select(each => each.Key).ToList();
            if (ids.Count == 0)
            {
                time.SetUtcNow(queue.Values.Min(each => each.VisibleAt));
                continue;
            }

            foreach (var id in ids) queue[id] = (queue[id].Receives + 1, time.GetUtcNow() + VisibilityTimeout);
            Message[] batch = [.. ids.Select((id, position) => Given.Message(id, position: position) with { ReceiveCount = queue[id].Receives })];
            var failed = (await handler.HandleAsync(Given.Invocation(batch, time))).Select(message => message.Id).ToHashSet();
            foreach (var id in ids.Where(id => !failed.Contains(id)))
            {
                if (time.GetUtcNow() < end) dead++;
                else delivered++;
                queue.Remove(id);
            }

            time.Advance(TimeSpan.FromMilliseconds(200));
        }

        return (delivered, dead);
    }
}
