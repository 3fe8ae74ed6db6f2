using System.Collections.Concurrent;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The rule above all others: a message leaves the queue only when the endpoint accepted it, or its copy was confirmed.</summary>
public sealed class NeverLoseTests
{
    private const int Seed = 20261121;

    [Fact]
    public async Task Nothing_is_acknowledged_that_was_neither_accepted_nor_copied() => Assert.Null(await FindLossAsync(runs: 100_000, eager: false));

    [Fact]
    public async Task A_variant_that_acknowledges_before_the_copy_is_confirmed_is_found_out() => Assert.NotNull(await FindLossAsync(runs: 1_000, eager: true));

    /// <summary>Null when every run was as it must be; else what was wrong, and in which run.</summary>
    /// <param name="eager">Copies are taken for confirmed when they are sent.</param>
    private static async Task<string?> FindLossAsync(int runs, bool eager)
    {
        var random = new Random(Seed);
        var time = new FakeTime();
        var log = new Log(Stream.Null, LogLevel.Fatal, time);
        // The breaker, its state and the concurrency outlive an invocation, as they do in the function.
        var breaker = new Breaker(on: true, time);
        var concurrency = new Concurrency(5);
        for (var run = 0; run < runs; run++)
        {
            time.Now += TimeSpan.FromSeconds(random.Next(40));
            using var deadline = new CancellationTokenSource();
            var batch = RandomBatch(random);
            var script = batch.ToDictionary(
                message => message.Id,
                _ => (Outcome: random.Next(3) == 0 ? (Outcome)random.Next(1, 6) : Outcome.Delivered, Yields: random.Next(2) == 0, Copied: random.Next(2) == 0));
            var cancelAt = random.Next(4) == 0 ? random.Next(10) : int.MaxValue;
            var (accepted, copied, calls) = (new ConcurrentDictionary<string, bool>(), new ConcurrentDictionary<string, bool>(), 0);
            Forward forward = async (message, _) =>
            {
                if (Interlocked.Increment(ref calls) == cancelAt) await deadline.CancelAsync();
                if (script[message.Id].Yields) await Task.Yield();
                if (script[message.Id].Outcome is Outcome.Delivered) accepted[message.Id] = true;
                return new(script[message.Id].Outcome);
            };
            Bury bury = async (message, _, _) =>
            {
                if (script[message.Id].Yields) await Task.Yield();
                if (script[message.Id].Copied) copied[message.Id] = true;
                return eager || script[message.Id].Copied;
            };
            var postponed = new List<Postponement>();
            var handler = new BatchHandler(
                new Deliverer(forward, bury, breaker, rate: null, maxReceiveCount: 3),
                concurrency,
                breaker,
                new Backoff(TimeSpan.FromSeconds(30), TimeSpan.FromHours(2), TimeSpan.FromHours(2), MaxReceiveCount: 3),
                (_, messages, _) => Hold(postponed, messages),
                time,
                random.NextDouble,
                log);

            var failed = (await handler.HandleAsync(Given.Invocation(batch, time), deadline.Token)).Select(message => message.Id).ToHashSet();

            var lost = batch.Select(message => message.Id).FirstOrDefault(id => !failed.Contains(id) && !accepted.ContainsKey(id) && !copied.ContainsKey(id));
            if (lost is not null) return $"seed {Seed}, run {run}: {lost} was acknowledged, and is nowhere";
            if (FindOvertaking(batch, accepted, failed) is { } overtaking) return $"seed {Seed}, run {run}: {overtaking}";
            if (!postponed.Select(each => each.Message.Id).ToHashSet().SetEquals(failed)) return $"seed {Seed}, run {run}: not what failed was held back";
        }

        return null;
    }

    /// <summary>In a lane nothing may go on behind a message that stays.</summary>
    private static string? FindOvertaking(Message[] batch, ConcurrentDictionary<string, bool> accepted, HashSet<string> failed)
    {
        foreach (var lane in Lanes.Of(batch))
        {
            var behind = lane.Messages.SkipWhile(message => !failed.Contains(message.Id)).Skip(1).ToList();
            if (behind.Any(message => accepted.ContainsKey(message.Id) || !failed.Contains(message.Id))) return "a message overtook a failed one of its group";
        }

        return null;
    }

    private static Task Hold(List<Postponement> postponed, IReadOnlyList<Postponement> messages)
    {
        postponed.AddRange(messages);
        return Task.CompletedTask;
    }

    private static Message[] RandomBatch(Random random)
    {
        var ids = Enumerable.Range(0, random.Next(1, 11)).Select(position => $"{(char)('a' + random.Next(3))}:{position}").ToArray();
        var batch = random.Next(2) == 0 ? Given.Batch(ids) : Given.FifoBatch(ids);
        return [.. batch.Select(message => message with
        {
            ReceiptHandle = message.Id,
            ReceiveCount = random.Next(1, 5),
            Defect = random.Next(20) == 0 ? "no text" : null,
        })];
    }
}
