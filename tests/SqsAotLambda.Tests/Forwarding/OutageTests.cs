using CsCheck;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>An endpoint that is down for ten minutes, in simulated time: one environment, 100 messages, five receives.</summary>
public sealed class OutageTests
{
    private const int Runs = 12, Messages = 100, MaxReceiveCount = 5;
    private static readonly TimeSpan Outage = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan VisibilityTimeout = TimeSpan.FromMinutes(6);

    /// <summary>When each message arrives, in seconds, and what chance says to each that asks, round and round.</summary>
    private static readonly Gen<(int[] Arrivals, double[] Chances)> Inputs = Gen.Select(Gen.Int[0, 9].Array[Messages], Gen.Double.Unit.Array[1, 100]);

    [Fact(Timeout = 30_000)]
    public Task With_the_breaker_no_message_reaches_the_dead_letters() => Property.HoldsAsync(
        Inputs, Runs, async input => Assert.Equal((Messages, 0), await SimulateAsync(input.Arrivals, input.Chances, breakerOn: true)), Print);

    [Fact(Timeout = 30_000)]
    public Task Without_the_breaker_they_do() => Property.HoldsAsync(
        Inputs,
        Runs,
        async input =>
        {
            var (delivered, dead) = await SimulateAsync(input.Arrivals, input.Chances, breakerOn: false);

            Assert.Equal(Messages, delivered + dead);
            Assert.InRange(dead, 1, Messages);
        },
        Print);

    private static string Print((int[] Arrivals, double[] Chances) input) =>
        $"arrivals {string.Join(", ", input.Arrivals)}; chances {string.Join(", ", input.Chances)}";

    private static async Task<(int Delivered, int Dead)> SimulateAsync(int[] arrivals, double[] chances, bool breakerOn)
    {
        var time = Given.Clock();
        var (end, asked) = (time.GetUtcNow() + Outage, 0);
        var queue = arrivals.Index()
            .ToDictionary(each => $"m{each.Index}", each => (Receives: 0, VisibleAt: time.GetUtcNow() + TimeSpan.FromSeconds(each.Item)));
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
        Func<double> chance = () => chances[asked++ % chances.Length];
        var handler = Given.Handler(endpoints, send, time, bury, postpone, maxReceiveCount: MaxReceiveCount, chance: chance);

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
