using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The rule above all others: a message leaves the queue only when the endpoint accepted it, or its copy was confirmed.</summary>
public sealed class NeverLoseTests
{
    private const int Seed = 20261121;

    /// <summary>Of a request that was sent.</summary>
    private static readonly Outcome[] Outcomes = [Outcome.Delivered, Outcome.Throttled, Outcome.Unavailable, Outcome.EndpointFault, Outcome.Rejected];

    [Fact(Timeout = 30_000)]
    public async Task Nothing_is_acknowledged_that_was_neither_accepted_nor_copied() => Assert.Null(await FindLossAsync(runs: 100_000, eager: false));

    [Fact(Timeout = 30_000)]
    public async Task A_variant_that_acknowledges_before_the_copy_is_confirmed_is_found_out() =>
        Assert.NotNull(await FindLossAsync(runs: 1_000, eager: true));

    /// <summary>Null when every run was as it must be; else what was wrong, and in which run.</summary>
    /// <param name="eager">Copies are taken for confirmed when they are sent.</param>
    private static async Task<string?> FindLossAsync(int runs, bool eager)
    {
        var random = new Random(Seed);
        var time = Given.Clock();
        var log = new JsonLog(Stream.Null, LogLevel.Fatal, time);
        // The breaker, its state and the concurrency outlive an invocation, as they do in the function.
        Endpoint[] endpoints = [Given.Endpoint(new Breaker(on: true, time), concurrency: 5)];
        for (var run = 0; run < runs; run++)
        {
            time.Advance(TimeSpan.FromSeconds(random.Next(40)));
            var batch = RandomBatch(random);
            var invocation = Given.Invocation(batch, time);
            var script = batch.ToDictionary(
                message => message.Id,
                _ => (Outcome: random.Next(3) == 0 ? Outcomes[random.Next(Outcomes.Length)] : Outcome.Delivered, Yields: random.Next(2) == 0));
            var passAt = random.Next(4) == 0 ? random.Next(10) : int.MaxValue;
            var (accepted, calls) = (new ConcurrentDictionary<string, bool>(), 0);
            Send send = async (endpoint, message, _) =>
            {
                if (Interlocked.Increment(ref calls) == passAt) time.SetUtcNow(invocation.Deadline);
                if (script[message.Id].Yields) await Task.Yield();
                if (script[message.Id].Outcome is Outcome.Delivered) accepted[message.Id] = true;
                return new(script[message.Id].Outcome, Endpoint: endpoint);
            };
            var sqs = new RandomSqs(random.Next());
            var api = new SqsApi((_, _, target, body, _) => sqs.AnswerAsync(target, body), endpoint: null);
            var letters = new DeadLetters(api, new("https://sqs.us-east-1.amazonaws.com/123456789012/dead"), time, log);
            Bury bury = eager ? (message, delivery, closing) => BuryEagerlyAsync(letters, message, delivery, closing) : letters.BuryAsync;
            var handler = Given.Handler(
                endpoints,
                send,
                time,
                bury,
                new Visibility(api, log).PostponeAsync,
                maxReceiveCount: 3,
                concurrency: 5,
                chance: random.NextDouble,
                log: log);

            var failed = (await handler.HandleAsync(invocation)).Select(message => message.Id).ToHashSet();

            var lost = batch.Select(message => message.Id)
                .FirstOrDefault(id => !failed.Contains(id) && !accepted.ContainsKey(id) && !sqs.Copied.Contains(id));
            if (lost is not null) return $"seed {Seed}, run {run}: {lost} was acknowledged, and is nowhere";
            if (FindOvertaking(batch, accepted, failed) is { } overtaking) return $"seed {Seed}, run {run}: {overtaking}";
            if (!sqs.HeldBack.ToHashSet().SetEquals(failed)) return $"seed {Seed}, run {run}: not what failed was held back";
        }

        return null;
    }

    /// <summary>In a lane nothing may go on behind a message that stays.</summary>
    private static string? FindOvertaking(Message[] batch, ConcurrentDictionary<string, bool> accepted, HashSet<string> failed)
    {
        foreach (var lane in Lanes.Of(batch))
        {
            var behind = lane.Messages.SkipWhile(message => !failed.Contains(message.Id)).Skip(1).ToList();
            if (behind.Any(message => accepted.ContainsKey(message.Id) || !failed.Contains(message.Id)))
                return "a message overtook a failed one of its group";
        }

        return null;
    }

    private static async Task<bool> BuryEagerlyAsync(DeadLetters letters, Message message, Delivery delivery, Closing closing)
    {
        await letters.BuryAsync(message, delivery, closing);
        return true;
    }

    private static Message[] RandomBatch(Random random)
    {
        var ids = Enumerable.Range(0, random.Next(1, 11)).Select(position => $"{(char)('a' + random.Next(3))}:{position}").ToArray();
        var batch = random.Next(2) == 0 ? Given.Batch(ids) : Given.FifoBatch(ids);
        return [.. batch.Select(message => message with
        {
            ReceiptHandle = Encoding.UTF8.GetBytes(message.Id),
            Body = Encoding.UTF8.GetBytes(message.Id),
            ReceiveCount = random.Next(1, 5),
            Defect = random.Next(20) == 0 ? "no text" : null,
        })];
    }

    /// <summary>An SQS that refuses, says nothing to the point, or does what it is asked, in whole or in part.</summary>
    private sealed class RandomSqs(int seed)
    {
        private readonly Lock gate = new();
        private readonly Random random = new(seed);

        /// <summary>Bodies of the messages whose copies it confirmed.</summary>
        public List<string> Copied { get; } = [];

        /// <summary>Receipt handles of all messages whose visibility it was asked to change.</summary>
        public List<string> HeldBack { get; } = [];

        public async Task<JsonDocument> AnswerAsync(string target, ReadOnlyMemory<byte> body)
        {
            bool yields;
            lock (gate) yields = random.Next(2) == 0;
            if (yields) await Task.Yield();

            using var request = JsonDocument.Parse(body);
            lock (gate)
            {
                if (target == "AmazonSQS.SendMessage") return Copy(request.RootElement);

                HeldBack.AddRange(
                    request.RootElement.GetProperty("Entries").EnumerateArray().Select(entry => entry.GetProperty("ReceiptHandle").GetString()!));
                return Oddity() ?? JsonDocument.Parse(
                    """{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"ReceiptHandleIsInvalid","SenderFault":true}]}""");
            }
        }

        private JsonDocument Copy(JsonElement request)
        {
            if (Oddity() is { } odd) return odd;

            Copied.Add(request.GetProperty("MessageBody").GetString()!);
            return JsonDocument.Parse("""{"MessageId":"copy"}""");
        }

        private JsonDocument? Oddity() => random.Next(8) switch
        {
            0 => throw new AwsException("refused"),
            1 => JsonDocument.Parse("{}"),
            2 => JsonDocument.Parse("[null]"),
            3 => JsonDocument.Parse("""{"MessageId":null,"Successful":null,"Failed":{}}"""),
            _ => null,
        };
    }
}
