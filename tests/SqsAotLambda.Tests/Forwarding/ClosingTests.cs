using System.Text;
using System.Text.Json;
using CsCheck;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>The end of an invocation, on a clock that each request, copy, visibility call, line and answer moves on.</summary>
public sealed class ClosingTests
{
    /// <summary>In messages, of a batch: so many cost an answer what <see cref="Costs"/> says.</summary>
    private const int Most = 10_000;

    private readonly FakeTimeProvider time = Given.Clock();

    [Fact(Timeout = 60_000)]
    public Task The_answer_is_sent_in_time_whatever_anything_costs()
    {
        var costs = Gen.Select(
            Milliseconds(0, 50),
            Milliseconds(0, 150),
            Milliseconds(0, 150),
            Milliseconds(0, 30),
            Milliseconds(0, 400),
            (request, copy, call, line, answer) => new Costs(request, copy, call, line, answer));
        var inputs = Gen.Select(
            costs,
            Gen.Int[1, Most],
            Milliseconds(1500, 4999),
            Milliseconds(0, 9999),
            Gen.OneOf(1, 10),
            Gen.OneOf(Outcome.Unavailable, Outcome.Rejected));

        return Property.HoldsAsync(inputs, runs: 400, async input =>
        {
            var (costs, messages, margin, rest, receives, outcome) = input;
            var batch = Batch(messages, margin + rest, margin, receives);

            var failed = await HandleAsync(batch, costs, outcome);

            // It is written once more, and sent.
            var sent = time.GetUtcNow() + (costs.Answer * 2 * failed.Count / Most);
            Assert.True(sent <= batch.End, $"{(sent - batch.End).TotalMilliseconds} ms late");
        });
    }

    [Theory(Timeout = 30_000)]
    [InlineData("a stalled endpoint", 10_000, 1)]
    [InlineData("a refusing endpoint", 10_000, 1)]
    [InlineData("a stalled SQS", 4_000, 10)]
    public async Task A_large_batch_without_an_end_is_answered_in_time(string what, int messages, int receives)
    {
        var batch = Batch(messages, TimeSpan.FromSeconds(8), TimeSpan.FromMilliseconds(1500), receives);
        var costs = new Costs(
            Request: what == "a stalled endpoint" ? TimeSpan.FromSeconds(15) : TimeSpan.FromMilliseconds(3),
            Copy: TimeSpan.FromSeconds(5),
            Call: TimeSpan.FromMilliseconds(20),
            Line: TimeSpan.FromMilliseconds(2),
            Answer: TimeSpan.FromMilliseconds(140));

        var failed = await HandleAsync(batch, costs, Outcome.Unavailable);

        Assert.Equal(messages, failed.Count);
        Assert.True(time.GetUtcNow() + (costs.Answer * 2 * messages / Most) <= batch.End, $"{(time.GetUtcNow() - batch.End).TotalMilliseconds} ms");
    }

    [Fact(Timeout = 30_000)]
    public async Task Lines_of_single_messages_stop_at_a_hundred_and_one_tells_of_the_rest()
    {
        var batch = Batch(250, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 1);
        using var output = new MemoryStream();

        await HandleAsync(
            batch,
            new(),
            Outcome.Unavailable,
            output,
            index => index % 5 == 0 ? new(Outcome.Throttled, 429) : new(Outcome.Unavailable, Fault: Fault.Timeout));

        var lines = Lines(output);
        Assert.Equal(100, lines.Count(line => line.GetProperty("message").GetString() == "MessageFailed"));
        Assert.Equal(
            """[{"messages":30,"outcome":"Throttled","status":429},{"messages":120,"outcome":"Unavailable","fault":"Timeout"}]""",
            Assert.Single(lines, line => line.GetProperty("message").GetString() == "MessageLinesLeftOut").GetProperty("leftOut").ToString());
        Assert.Equal(["BatchHandled", "BatchMetrics"], lines.TakeLast(2).Select(line => line.GetProperty("message").GetString()));
    }

    [Fact(Timeout = 30_000)]
    public async Task Lines_of_copies_that_fail_count_for_the_hundred_too()
    {
        using var output = new MemoryStream();

        await HandleAsync(Batch(500, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 10), new(), Outcome.Unavailable, output);

        Assert.Equal(100, Lines(output).Count(line => line.TryGetProperty("messageId", out _)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Visibility_calls_that_fail_alike_are_told_once()
    {
        using var output = new MemoryStream();

        await HandleAsync(Batch(500, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 1), new(), Outcome.Unavailable, output);

        var line = Assert.Single(Lines(output), line => line.GetProperty("message").GetString() == "VisibilityFailed");
        Assert.Equal((500, "SQS is away."), (line.GetProperty("messages").GetInt32(), line.GetProperty("errorMessage").GetString()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_body_is_looked_through_no_further_after_the_deadline(bool alone)
    {
        var route = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", """
            [{"name":"many","when":{"body:/a":{"exists":false},"body:/b":{"exists":false}},"url":"https://example.com/{body:/c}","body":"{body:/d}"}]
            """)).Routes[0];
        Endpoint[] endpoints = alone ? [Given.Endpoint(route)] : [Given.Endpoint(route), Given.Endpoint()];
        var batch = Given.Invocation([Given.Message(body: $$"""{"x":"{{new string('x', 100_000)}}"}""")], time, TimeSpan.FromSeconds(10));
        using var output = new MemoryStream();
        var handler = Given.Handler(
            endpoints,
            (endpoint, message, _) =>
            {
                // As the time passes while the request is made.
                time.SetUtcNow(batch.Deadline);
                endpoint.Route.Url!.TryFill(message, out var _, out var _);
                return new(new Delivery(Outcome.Delivered, Endpoint: endpoint));
            },
            time,
            log: new JsonLog(output, LogLevel.Info, time));

        var failed = await handler.HandleAsync(batch);

        Assert.Single(failed);
        var line = Assert.Single(Lines(output), line => line.GetProperty("message").GetString() == "MessageFailed");
        Assert.Equal(("NotAttempted", "Time"), (line.GetProperty("outcome").GetString(), line.GetProperty("hold").GetString()));
        Assert.DoesNotContain(Lines(output), line => line.GetProperty("message").GetString() == "InternalError");
    }

    [Fact(Timeout = 30_000)]
    public async Task Long_attributes_of_delivered_messages_do_not_silence_the_failures_of_others()
    {
        using var output = new MemoryStream();
        var leftOut = new LeftOutHeaders();
        leftOut.Add("X-Aws-Sqsd-Attr-long");

        await HandleAsync(
            Batch(150, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5), 1),
            new(),
            Outcome.Unavailable,
            output,
            index => index < 140 ? new(Outcome.Delivered, HeadersLeftOut: leftOut) : new(Outcome.Unavailable));

        Assert.Equal(10, Lines(output).Count(line => line.GetProperty("message").GetString() == "MessageFailed"));
        Assert.Equal(90, Lines(output).Count(line => line.GetProperty("message").GetString() == "HeadersLeftOut"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_the_deadline_left_comes_back_at_once_and_one_behind_a_failure_does_not()
    {
        var postponed = new Dictionary<string, TimeSpan>();
        var batch = Given.Invocation(Given.FifoBatch("a:1", "a:2", "b:1", "b:2"), time, TimeSpan.FromSeconds(10));
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, _, _) =>
            {
                time.SetUtcNow(batch.Deadline);
                return new(new Delivery(Outcome.Unavailable, Endpoint: endpoint));
            },
            time,
            postpone: (_, messages, _) =>
            {
                foreach (var each in messages) postponed.Add(each.Message.Id, each.Delay);
                return Task.CompletedTask;
            },
            concurrency: 1);

        await handler.HandleAsync(batch);

        Assert.Equal([("a:1", 30), ("a:2", 30), ("b:1", 0), ("b:2", 0)], postponed.Select(each => (each.Key, (int)each.Value.TotalSeconds)).Order());
    }

    private Batch Batch(int messages, TimeSpan lifetime, TimeSpan margin, int receives) => new(
        "request",
        time.GetUtcNow() + lifetime - margin,
        time.GetUtcNow() + lifetime,
        [.. Enumerable.Range(0, messages).Select(index => Given.Message($"{index}", position: index) with { ReceiveCount = receives })]);

    /// <summary>One thing after the other, as on a machine that has time for one only.</summary>
    private Task<IReadOnlyList<Message>> HandleAsync(
        Batch batch, Costs costs, Outcome outcome, MemoryStream? output = null, Func<int, Delivery>? deliver = null)
    {
        var log = new JsonLog(new CostlyStream(output ?? new(), () => Take(costs.Line)), LogLevel.Info, time);
        var api = new SqsApi(
            (_, _, target, _, closing) =>
            {
                Take(target.EndsWith("SendMessage", StringComparison.Ordinal) ? costs.Copy : costs.Call, closing);
                throw new AwsException("SQS is away.");
            },
            endpoint: null);
        var handler = Given.Handler(
            [Given.Endpoint()],
            (endpoint, message, deadline) =>
            {
                Take(costs.Request, deadline);
                return new((deliver?.Invoke(message.Position) ?? new(outcome)) with { Endpoint = endpoint });
            },
            time,
            new DeadLetters(api, new("https://sqs.us-east-1.amazonaws.com/123456789012/dead"), TestLoop.Here, log).BuryAsync,
            new Visibility(api, log).PostponeAsync,
            maxReceiveCount: 10,
            log: log,
            writeAnswer: messages => Take(costs.Answer * messages.Count / Most));
        return handler.HandleAsync(batch);
    }

    /// <summary>Moves the clock on by what something costs; what a deadline ends takes no longer than that.</summary>
    private void Take(TimeSpan cost, Deadline? ends = null)
    {
        var until = time.GetUtcNow() + cost;
        while (time.GetUtcNow() < until && ends is not { HasPassed: true }) time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private static List<JsonElement> Lines(MemoryStream output)
    {
        var lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static Gen<TimeSpan> Milliseconds(int least, int most) => Gen.Int[least, most].Select(value => TimeSpan.FromMilliseconds(value));

    private sealed record Costs(
        TimeSpan Request = default, TimeSpan Copy = default, TimeSpan Call = default, TimeSpan Line = default, TimeSpan Answer = default);

    /// <summary>Where each line takes its time.</summary>
    private sealed class CostlyStream(MemoryStream written, Action take) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            take();
            written.Write(buffer);
        }
    }
}
