using CsCheck;
using SqsAotLambda.Aws;
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
        var (queue, end, asked) = (new Queue(arrivals, time), time.GetUtcNow() + Outage, 0);
        var (delivered, dead) = (0, 0);
        Send send = (endpoint, _, _) =>
            new(new Delivery(time.GetUtcNow() < end ? Outcome.Unavailable : Outcome.Delivered, Endpoint: endpoint));
        var handler = Given.Handler(
            [Given.Endpoint(breakerOn)],
            send,
            time,
            bury: (_, _, _) => Task.FromResult(true),
            postpone: (_, messages, _) => queue.PostponeAsync(messages),
            maxReceiveCount: MaxReceiveCount,
            chance: () => chances[asked++ % chances.Length]);

        while (queue.Receive() is { Length: > 0 } batch)
        {
            var handling = handler.HandleAsync(Given.Invocation(batch, time));
            // A breaker's pause is waited out.
            for (; !handling.IsCompleted; await Task.Yield()) time.Advance(TimeSpan.FromMilliseconds(100));
            var failed = (await handling).Select(message => message.Id).ToHashSet();
            var done = batch.Where(message => !failed.Contains(message.Id)).ToList();
            if (time.GetUtcNow() < end) dead += done.Count;
            else delivered += done.Count;
            queue.Delete(done);
            time.Advance(TimeSpan.FromMilliseconds(200));
        }

        return (delivered, dead);
    }

    /// <param name="arrivals">When each message is visible first, in seconds.</param>
    private sealed class Queue(int[] arrivals, FakeTimeProvider time)
    {
        private readonly Dictionary<string, (int Receives, DateTimeOffset VisibleAt)> messages = arrivals.Index().ToDictionary(
            each => $"m{each.Index}", each => (0, time.GetUtcNow() + TimeSpan.FromSeconds(each.Item)));

        /// <summary>Up to ten messages, as soon as one is visible; none when the queue is empty.</summary>
        public Message[] Receive()
        {
            if (messages.Count == 0) return [];

            var next = messages.Values.Min(each => each.VisibleAt);
            if (next > time.GetUtcNow()) time.SetUtcNow(next);
            var ids = messages.Where(each => each.Value.VisibleAt <= time.GetUtcNow()).OrderBy(each => each.Value.VisibleAt).Take(10)
                .Select(each => each.Key).ToList();
            foreach (var id in ids) messages[id] = (messages[id].Receives + 1, time.GetUtcNow() + VisibilityTimeout);
            return [.. ids.Select((id, position) => Given.Message(id, position: position) with { ReceiveCount = messages[id].Receives })];
        }

        public Task PostponeAsync(IReadOnlyList<Postponement> postponements)
        {
            foreach (var (message, delay) in postponements) messages[message.Id] = (messages[message.Id].Receives, time.GetUtcNow() + delay);
            return Task.CompletedTask;
        }

        public void Delete(IEnumerable<Message> done)
        {
            foreach (var message in done) messages.Remove(message.Id);
        }
    }
}
