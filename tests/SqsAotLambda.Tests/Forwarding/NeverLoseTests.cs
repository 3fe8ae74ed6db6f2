using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CsCheck;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The rule above all others: a message leaves the queue only when the endpoint accepted it, or its copy was confirmed.</summary>
public sealed class NeverLoseTests
{
    [Fact(Timeout = 120_000)]
    public Task Nothing_is_acknowledged_that_was_neither_accepted_nor_copied() =>
        Property.HoldsAsync(AnyEnvironment, runs: 10_000, invocations => AssertNothingIsLostAsync(invocations, eager: false), Print);

    [Fact(Timeout = 30_000)]
    public async Task A_variant_that_acknowledges_before_the_copy_is_confirmed_is_found_out() => Assert.NotNull(
        await Property.FindBreachAsync(AnyEnvironment, runs: 100, invocations => AssertNothingIsLostAsync(invocations, eager: true)));

    /// <summary>Invocations one behind the other.</summary>
    private static Gen<Invocation[]> AnyEnvironment => AnyInvocation.Array[1, 20];

    private static Gen<Invocation> AnyInvocation => Gen.Select(
        Gen.Int[0, 39],
        Gen.Bool,
        AnyReceived.Array[1, 10],
        Gen.Frequency((3, Gen.Const(int.MaxValue)), (1, Gen.Int[0, 9])),
        Gen.Int[0, 7].Array[1, 20],
        Gen.Double.Unit,
        (after, isFifo, messages, passAt, answers, chance) => new Invocation(TimeSpan.FromSeconds(after), isFifo, messages, passAt, answers, chance));

    private static Gen<Received> AnyReceived => Gen.Select(
        Gen.Char['a', 'c'],
        Gen.Int[1, 4],
        Gen.Frequency((19, Gen.Const(false)), (1, Gen.Const(true))),
        Gen.Frequency(
            (2, Gen.Const(Outcome.Delivered)),
            (1, Gen.OneOf(Outcome.Delivered, Outcome.Throttled, Outcome.Unavailable, Outcome.EndpointFault, Outcome.Rejected))),
        Gen.Bool,
        (group, receives, hasDefect, outcome, yields) => new Received(group, receives, hasDefect, outcome, yields));

    private static string Print(Invocation[] invocations) => string.Join('\n', invocations.AsEnumerable());

    /// <param name="eager">Copies are taken for confirmed when they are sent.</param>
    private static async Task AssertNothingIsLostAsync(Invocation[] invocations, bool eager)
    {
        var time = Given.Clock();
        // The breaker, its state and the concurrency outlive an invocation, as they do in the function.
        Endpoint[] endpoints = [Given.Endpoint(new Breaker(on: true, time), concurrency: 5)];
        foreach (var invocation in invocations)
        {
            time.Advance(invocation.After);
            await HandleAsync(invocation, endpoints, time, eager);
        }
    }

    private static async Task HandleAsync(Invocation given, Endpoint[] endpoints, FakeTimeProvider time, bool eager)
    {
        var batch = given.Batch();
        var invocation = Given.Invocation(batch, time);
        var (accepted, calls) = (new ConcurrentDictionary<string, bool>(), 0);
        Send send = async (endpoint, message, _) =>
        {
            var (outcome, yields) = (given.Messages[message.Position].Outcome, given.Messages[message.Position].Yields);
            if (Interlocked.Increment(ref calls) == given.PassAt) time.SetUtcNow(invocation.Deadline);
            if (yields) await Task.Yield();
            if (outcome is Outcome.Delivered) accepted[message.Id] = true;
            return new(outcome, Endpoint: endpoint);
        };
        var sqs = new ScriptedSqs(given.Answers);
        var api = new SqsApi((_, _, target, body, _) => sqs.AnswerAsync(target, body), endpoint: null);
        var log = new JsonLog(Stream.Null, LogLevel.Fatal, time);
        var letters = new DeadLetters(api, new("https://sqs.us-east-1.amazonaws.com/123456789012/dead"), TestLoop.Here, log);
        Bury bury = eager ? (message, delivery, closing) => BuryEagerlyAsync(letters, message, delivery, closing) : letters.BuryAsync;
        var handler = Given.Handler(
            endpoints,
            send,
            time,
            bury,
            new Visibility(api, log).PostponeAsync,
            maxReceiveCount: 3,
            concurrency: 5,
            chance: () => given.Chance,
            log: log);

        var failed = (await handler.HandleAsync(invocation)).Select(message => message.Id).ToHashSet();

        Assert.DoesNotContain(
            batch.Select(message => message.Id), id => !failed.Contains(id) && !accepted.ContainsKey(id) && !sqs.Copied.Contains(id));
        Assert.Null(FindOvertaking(batch, accepted, failed));
        Assert.Equal(failed.Order(), sqs.HeldBack.Distinct().Order());
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

    /// <param name="After">The one before.</param>
    /// <param name="PassAt">The request at which the deadline passes.</param>
    /// <param name="Answers">Of SQS, round and round.</param>
    private sealed record Invocation(TimeSpan After, bool IsFifo, Received[] Messages, int PassAt, int[] Answers, double Chance)
    {
        public Message[] Batch()
        {
            string[] ids = [.. Messages.Select((message, position) => $"{message.Group}:{position}")];
            var batch = IsFifo ? Given.FifoBatch(ids) : Given.Batch(ids);
            return [.. batch.Zip(Messages, (message, received) => message with
            {
                ReceiptHandle = Encoding.UTF8.GetBytes(message.Id),
                Body = Encoding.UTF8.GetBytes(message.Id),
                ReceiveCount = received.Receives,
                Defect = received.HasDefect ? "no text" : null,
            })];
        }

        public override string ToString() =>
            $"after {After}: {(IsFifo ? "FIFO" : "standard")}, deadline at request {PassAt}, SQS {string.Join(" ", Answers)}, chance {Chance}, "
                + string.Join<Received>(", ", Messages);
    }

    private sealed record Received(char Group, int Receives, bool HasDefect, Outcome Outcome, bool Yields);

    /// <summary>An SQS that refuses, says nothing to the point, or does what it is asked, in whole or in part.</summary>
    private sealed class ScriptedSqs(int[] answers)
    {
        private readonly Lock gate = new();
        private int asked;

        /// <summary>Bodies of the messages whose copies it confirmed.</summary>
        public List<string> Copied { get; } = [];

        /// <summary>Receipt handles of all messages whose visibility it was asked to change.</summary>
        public List<string> HeldBack { get; } = [];

        public async Task<JsonDocument> AnswerAsync(string target, ReadOnlyMemory<byte> body)
        {
            int answer;
            lock (gate) answer = answers[asked++ % answers.Length];
            if (answer % 2 == 0) await Task.Yield();

            using var request = JsonDocument.Parse(body);
            lock (gate)
            {
                if (target == "AmazonSQS.SendMessage") return Copy(request.RootElement, answer);

                HeldBack.AddRange(
                    request.RootElement.GetProperty("Entries").EnumerateArray().Select(entry => entry.GetProperty("ReceiptHandle").GetString()!));
                return Oddity(answer) ?? JsonDocument.Parse(
                    """{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"ReceiptHandleIsInvalid","SenderFault":true}]}""");
            }
        }

        private JsonDocument Copy(JsonElement request, int answer)
        {
            if (Oddity(answer) is { } odd) return odd;

            Copied.Add(request.GetProperty("MessageBody").GetString()!);
            return JsonDocument.Parse("""{"MessageId":"copy"}""");
        }

        private static JsonDocument? Oddity(int answer) => answer switch
        {
            4 => throw new AwsException("refused"),
            5 => JsonDocument.Parse("{}"),
            6 => JsonDocument.Parse("[null]"),
            7 => JsonDocument.Parse("""{"MessageId":null,"Successful":null,"Failed":{}}"""),
            _ => null,
        };
    }
}
