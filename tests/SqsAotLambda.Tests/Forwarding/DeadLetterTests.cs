using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>
/// Copies to the dead-letter queue, over a socket. Alone, because it counts what the whole process allocates.
/// </summary>
[Collection(typeof(AllocationTestsAlone))]
public sealed class DeadLetterTests : IAsyncDisposable
{
    private const string Queue = "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq";

    private readonly StubSqs sqs = new();
    private readonly AwsCredentials keys = new("AKIDEXAMPLE", "secret", "TOKEN");

    private static readonly Message Whole = Given.Message("id-1", "{\"a\":\"é\\n\"}") with
    {
        ReceiptHandle = "AQEB"u8.ToArray(),
        ReceiveCount = 3,
        TraceHeader = "Root=1-5759e988-bd862e3fe1be46a994272793",
        Attributes = [new("tenant", "String.name", "é"), new("blob", "Binary", null, "MTEwMA==")],
    };

    public ValueTask DisposeAsync() => sqs.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_copy_has_the_body_the_attributes_and_the_reason()
    {
        Assert.True(await BuryAsync(Whole, new(Outcome.Rejected, 422, Response: "no tenant é", Endpoint: Given.Endpoint())));

        var call = Assert.Single(sqs.Calls);
        Assert.Equal("application/x-amz-json-1.0", call.Headers["Content-Type"]);
        Assert.Equal("TOKEN", call.Headers["X-Amz-Security-Token"]);
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/sqs/aws4_request, SignedHeaders=content-type;host;",
            call.Headers["Authorization"]);
        Assert.Equal(
            """{"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq","MessageBody":"{"""
                + """\u0022a\u0022:\u0022\u00E9\\n\u0022}","MessageAttributes":"""
                + """{"tenant":{"DataType":"String.name","StringValue":"\u00E9"},"blob":"""
                + """{"DataType":"Binary","BinaryValue":"MTEwMA=="},"ForwardFailure":"""
                + """{"DataType":"String","StringValue":"{\u0022outcome\u0022:\u0022Rejected\u0022,\u0022status\u0022:422,"""
                + """\u0022endpoint\u0022:\u0022https://example.com/hook\u0022,\u0022attempts\u0022:3,"""
                + """\u0022at\u0022:\u00222026-01-02T03:04:05Z\u0022,\u0022messageId\u0022:\u0022id-1\u0022,"""
                + """\u0022response\u0022:\u0022no tenant \\u00E9\u0022}"}},"MessageSystemAttributes":"""
                + """{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1-5759e988-bd862e3fe1be46a994272793"}}}""",
            call.Text);
    }

    [Theory(Timeout = 30_000)]
    [InlineData('<')]
    [InlineData('"')]
    [InlineData('\u007f')]
    [InlineData('é')]
    public async Task A_copy_of_a_large_message_is_whole_and_takes_little_memory(char character)
    {
        var (body, value) = (new string(character, 250_000), new string(character, 250_000));
        var message = Whole with { Body = System.Text.Encoding.UTF8.GetBytes(body), Attributes = [new("a", "String", value)] };
        await BuryAsync(Whole, new(Outcome.Rejected, 400));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        Assert.True(await BuryAsync(message, new(Outcome.Rejected, 400)));

        var copy = sqs.Sent[^1];
        Assert.Equal(
            (body, value),
            (
                copy.GetProperty("MessageBody").GetString(),
                copy.GetProperty("MessageAttributes").GetProperty("a").GetProperty("StringValue").GetString()));
        // The stub's own share is in it.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 1, 20_000_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_SQS_is_sure_to_refuse_is_not_sent_to_it()
    {
        Assert.False(await BuryAsync(Whole with { Body = new byte[(1024 * 1024) + 1] }, new(Outcome.Rejected, 400)));
        Assert.False(await BuryAsync(Whole with { Attributes = [new("a", "String", new('é', 600_000))] }, new(Outcome.Rejected, 400)));

        Assert.Empty(sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_FIFO_copy_keeps_its_group_and_is_deduplicated_by_the_id_of_its_message()
    {
        await BuryAsync(Whole with { Queue = Given.OrdersFifo, GroupId = "g", DeduplicationId = "given by the sender" }, new(Outcome.Rejected, 400));

        var copy = Assert.Single(sqs.Sent);
        Assert.Equal("g", copy.GetProperty("MessageGroupId").GetString());
        Assert.Equal("id-1", copy.GetProperty("MessageDeduplicationId").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_older_reason_gives_way_and_its_message_id_stays()
    {
        var redriven = Whole with { Attributes = [new(DeadLetter.AttributeName, "String", """{"outcome":"Rejected","messageId":"first-id"}""")] };

        await BuryAsync(redriven, new(Outcome.Unavailable, 503));

        var failure = Assert.Single(sqs.Sent)
            .GetProperty("MessageAttributes").GetProperty(DeadLetter.AttributeName).GetProperty("StringValue").GetString()!;
        Assert.Equal("first-id", JsonDocument.Parse(failure).RootElement.GetProperty("messageId").GetString());
        Assert.Equal("first-id", redriven.FirstId);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(9, 10, true)]
    [InlineData(10, 10, false)]
    public async Task With_ten_attributes_of_its_own_a_copy_goes_without_the_reason(int own, int copied, bool withReason)
    {
        var message = Whole with { Attributes = [.. Enumerable.Range(0, own).Select(index => new MessageAttribute($"a{index}", "String", "v"))] };

        Assert.True(await BuryAsync(message, new(Outcome.Rejected, 400)));

        var attributes = Assert.Single(sqs.Sent).GetProperty("MessageAttributes");
        Assert.Equal(copied, attributes.EnumerateObject().Count());
        Assert.Equal(withReason, attributes.TryGetProperty(DeadLetter.AttributeName, out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_as_long_as_SQS_allows_is_copied_without_the_reason()
    {
        var message = Given.Message("id-1", new string('x', 1024 * 1024));

        Assert.True(await BuryAsync(message, new(Outcome.Rejected, 413)));

        Assert.Empty(Assert.Single(sqs.Sent).GetProperty("MessageAttributes").EnumerateObject());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void The_reason_goes_while_the_copy_is_1_MiB_and_not_one_byte_more(int more, bool withReason)
    {
        const string Failure = """{"outcome":"Rejected"}""";
        // Names, types and values, each in its own encoding: é has two bytes, MTEwMA== stands for four.
        var attributes = "tenant".Length + "String.name".Length + 2 + "blob".Length + "Binary".Length + 4;
        var reason = DeadLetter.AttributeName.Length + "String".Length + Failure.Length;
        var message = Whole with { Body = new byte[(1024 * 1024) - attributes - reason + more] };

        var copied = DeadLetter.AttributesOf(message, Failure);

        Assert.Equal(withReason ? ["tenant", "blob", DeadLetter.AttributeName] : ["tenant", "blob"], copied.Select(attribute => attribute.Name));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_copy_of_a_redriven_message_has_one_reason()
    {
        await BuryAsync(Whole with { Attributes = [OldFailure("{}"), .. Whole.Attributes] }, new(Outcome.Rejected, 400));

        var names = Assert.Single(sqs.Sent).GetProperty("MessageAttributes").EnumerateObject().Select(attribute => attribute.Name);
        Assert.Equal(["tenant", "blob", DeadLetter.AttributeName], names);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nine_attributes_and_an_older_reason_leave_room_for_the_new_one()
    {
        var nine = Enumerable.Range(0, 9).Select(index => new MessageAttribute($"a{index}", "String", "v"));

        await BuryAsync(Whole with { Attributes = [OldFailure("{}"), .. nine] }, new(Outcome.Rejected, 400));

        var reason = Assert.Single(sqs.Sent).GetProperty("MessageAttributes").GetProperty(DeadLetter.AttributeName);
        Assert.Contains("Rejected", reason.GetProperty("StringValue").GetString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("no JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"messageId":7}""")]
    [InlineData("""{"messageId":null}""")]
    [InlineData("""{"messageId":""}""")]
    [InlineData("""{"messageId":"\ud800"}""")]
    [InlineData("""{"messageId":"first","\ud800 is half a pair":1}""")]
    public async Task A_ForwardFailure_that_is_not_ours_leaves_the_message_id(string failure)
    {
        await using var server = new StubServer(_ => Replies.Status(200));
        var time = Given.Clock();
        using var function = Given.Function(Given.Settings(server.Url), time: time);

        var failed = await function.HandleAsync(Given.Invocation([Whole with { Attributes = [OldFailure(failure)] }], time));

        Assert.Empty(failed);
        Assert.Equal("id-1", Assert.Single(server.Requests).Headers["Idempotency-Key"]);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_that_SQS_refuses_is_none_and_its_code_is_told()
    {
        using var output = new MemoryStream();
        sqs.OnCall = StubSqs.Refuse;

        Assert.False(await BuryAsync(Whole, new(Outcome.Rejected, 400), output: output));

        Assert.Equal(
            """{"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"CopyFailed","messageId":"id-1","errorMessage":"AmazonSQS.SendMessage """
                + """was refused with 400: QueueDoesNotExist."}""" + "\n",
            System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_400_with_a_MessageId_confirms_nothing()
    {
        sqs.OnCall = _ => Replies.Status(400, """{"MessageId":"copy-1"}""");

        Assert.False(await BuryAsync(Whole, new(Outcome.Rejected, 400)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"MessageId\":null}")]
    [InlineData("not JSON")]
    [InlineData("")]
    public async Task A_copy_without_a_clear_answer_is_none(string answer)
    {
        sqs.OnCall = _ => Replies.Status(200, answer);

        Assert.False(await BuryAsync(Whole, new(Outcome.Rejected, 400)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_whose_answer_is_cut_is_none()
    {
        sqs.OnCall = _ => Replies.Reset;

        Assert.False(await BuryAsync(Whole, new(Outcome.Rejected, 400)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_queue_or_with_a_defect_nothing_is_copied()
    {
        Assert.False(await BuryAsync(Whole, new(Outcome.Rejected), queue: ""));
        Assert.False(await BuryAsync(Whole with { Defect = "no text" }, new(Outcome.Rejected)));

        Assert.Empty(sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Many_copies_that_fail_side_by_side_are_each_told_in_a_line_of_their_own()
    {
        using var output = new MemoryStream();
        sqs.OnCall = StubSqs.Refuse;
        using var function = Function(new(Outcome.Rejected, 400), Queue, output);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(index =>
            Task.Run(() => Given.DeliverAsync(function, Whole with { Id = $"id-{index}" }))));

        var lines = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("messageId").GetString()).Distinct().Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_of_an_unnamed_queue_is_not_copied()
    {
        Assert.False(await BuryAsync(Whole with { Queue = new("") }, new(Outcome.Rejected, 400)));

        Assert.Empty(sqs.Calls);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("arn:aws:sqs:evil.test/x:123456789012:q")]
    [InlineData("arn:aws:sqs:us-east-1://[:q")]
    [InlineData("arn:aws:sqs:evil.test/x:123456789012:q.fifo")]
    public async Task About_a_message_of_an_unknown_queue_SQS_is_not_called_and_nothing_else_suffers(string arn)
    {
        var time = Given.Clock();
        using var function = Given.Function(
            Settings(Queue),
            new()
            {
                Forward = (endpoint, message, _) => Task.FromResult(
                    new Delivery(message.Id is "delivered" ? Outcome.Delivered : Outcome.Rejected, Endpoint: endpoint)),
            },
            time);
        Message[] batch = [.. Given.Batch("delivered", "rejected").Select(message => message with { Queue = new(arn), GroupId = message.Id })];

        var failed = await function.HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["rejected"], failed.Select(message => message.Id));
        Assert.Empty(sqs.Calls);
    }

    private static MessageAttribute OldFailure(string text) => new(DeadLetter.AttributeName, "String", text);

    /// <summary>Whether a message whose last delivery ended like this was copied.</summary>
    private async Task<bool> BuryAsync(Message message, Delivery delivery, string queue = Queue, Stream? output = null)
    {
        using var function = Function(delivery, queue, output);
        return (await Given.DeliverAsync(function, message)).DeadLettered;
    }

    private Function Function(Delivery delivery, string queue, Stream? output)
    {
        var time = Given.Clock();
        var around = Given.Surroundings(time, new JsonLog(output ?? Stream.Null, LogLevel.Info, time)) with { Credentials = keys };
        return SqsAotLambda.Function.Compose(Settings(queue), around, new() { Forward = (_, _, _) => Task.FromResult(delivery) });
    }

    private FunctionSettings Settings(string queue) => Given.Settings(
        new("https://example.com/hook"),
        ("FORWARD_DLQ_URL", queue),
        ("FORWARD_MAX_RECEIVE_COUNT", "3"),
        ("AWS_ENDPOINT_URL_SQS", sqs.Url.ToString()));
}
