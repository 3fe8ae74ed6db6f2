using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Burials;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What a copy in the dead-letter queue holds, over a socket. Alone, because it counts what the whole process allocates.</summary>
[Collection(typeof(AllocationTestsAlone))]
public sealed class DeadLetterTests : IAsyncDisposable
{
    private readonly Burials burials = new();

    private StubSqs Sqs => burials.Sqs;

    public ValueTask DisposeAsync() => burials.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_copy_has_the_body_the_attributes_and_the_reason()
    {
        Assert.True(await burials.BuryAsync(Whole, new(Outcome.Rejected, 422, Response: "no tenant é", Endpoint: Given.Endpoint())));

        var call = Assert.Single(Sqs.Calls);
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
                + """\u0022route\u0022:\u0022default\u0022,\u0022endpoint\u0022:\u0022https://example.com/hook\u0022,"""
                + """\u0022receives\u0022:3,\u0022attempts\u0022:3,"""
                + """\u0022at\u0022:\u00222026-01-02T03:04:05Z\u0022,\u0022messageId\u0022:\u0022id-1\u0022,"""
                + """\u0022queue\u0022:\u0022orders\u0022,\u0022response\u0022:\u0022no tenant \\u00E9\u0022}"}},"MessageSystemAttributes":"""
                + """{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1-5759e988-bd862e3fe1be46a994272793"}}}""",
            call.Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_of_what_got_no_answer_names_its_fault_the_detail_the_route_the_queue_and_the_receives()
    {
        var delivery = new Delivery(
            Outcome.Unavailable, Fault: Fault.Connect, Latency: TimeSpan.Zero, Why: "ECONNREFUSED 192.0.2.1:443", Endpoint: Given.Endpoint());

        await burials.BuryAsync(Whole with { ReceiveCount = 7 }, delivery);

        Assert.Equal(
            """
            {"outcome":"Unavailable","status":null,"fault":"Connect","detail":"ECONNREFUSED 192.0.2.1:443","route":"default",
            "endpoint":"https://example.com/hook","receives":7,"attempts":7,"at":"2026-01-02T03:04:05Z","messageId":"id-1","queue":"orders",
            "response":null}
            """.ReplaceLineEndings(""),
            Reason());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_of_what_no_route_takes_has_the_reason_and_no_fault_no_detail_and_no_route()
    {
        await burials.BuryAsync(Whole, new(Outcome.Rejected, Why: "no route takes the message"));

        Assert.Equal(
            """
            {"outcome":"Rejected","status":null,"endpoint":"","receives":3,"attempts":3,"at":"2026-01-02T03:04:05Z","messageId":"id-1",
            "queue":"orders","response":null,"reason":"no route takes the message"}
            """.ReplaceLineEndings(""),
            Reason());
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
        await burials.BuryAsync(Whole, new(Outcome.Rejected, 400));
        var before = GC.GetTotalAllocatedBytes(precise: true);

        Assert.True(await burials.BuryAsync(message, new(Outcome.Rejected, 400)));

        var copy = Sqs.Sent[^1];
        Assert.Equal(
            (body, value),
            (
                copy.GetProperty("MessageBody").GetString(),
                copy.GetProperty("MessageAttributes").GetProperty("a").GetProperty("StringValue").GetString()));
        // The stub's own share is in it.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 1, 20_000_000);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_FIFO_copy_keeps_its_group_and_is_deduplicated_by_the_id_of_its_message()
    {
        await burials.BuryAsync(
            Whole with { Queue = Given.OrdersFifo, GroupId = "g", DeduplicationId = "given by the sender" }, new(Outcome.Rejected, 400));

        var copy = Assert.Single(Sqs.Sent);
        Assert.Equal("g", copy.GetProperty("MessageGroupId").GetString());
        Assert.Equal("id-1", copy.GetProperty("MessageDeduplicationId").GetString());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_older_reason_gives_way_and_its_message_id_stays()
    {
        var redriven = Whole with { Attributes = [new(DeadLetter.AttributeName, "String", """{"outcome":"Rejected","messageId":"first-id"}""")] };

        await burials.BuryAsync(redriven, new(Outcome.Unavailable, 503));

        var failure = Assert.Single(Sqs.Sent)
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

        Assert.True(await burials.BuryAsync(message, new(Outcome.Rejected, 400)));

        var attributes = Assert.Single(Sqs.Sent).GetProperty("MessageAttributes");
        Assert.Equal(copied, attributes.EnumerateObject().Count());
        Assert.Equal(withReason, attributes.TryGetProperty(DeadLetter.AttributeName, out _));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_as_long_as_SQS_allows_is_copied_without_the_reason()
    {
        var message = Given.Message("id-1", new string('x', 1024 * 1024));

        Assert.True(await burials.BuryAsync(message, new(Outcome.Rejected, 413)));

        Assert.Empty(Assert.Single(Sqs.Sent).GetProperty("MessageAttributes").EnumerateObject());
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
        await burials.BuryAsync(Whole with { Attributes = [OldFailure("{}"), .. Whole.Attributes] }, new(Outcome.Rejected, 400));

        var names = Assert.Single(Sqs.Sent).GetProperty("MessageAttributes").EnumerateObject().Select(attribute => attribute.Name);
        Assert.Equal(["tenant", "blob", DeadLetter.AttributeName], names);
    }

    [Fact(Timeout = 30_000)]
    public async Task Nine_attributes_and_an_older_reason_leave_room_for_the_new_one()
    {
        var nine = Enumerable.Range(0, 9).Select(index => new MessageAttribute($"a{index}", "String", "v"));

        await burials.BuryAsync(Whole with { Attributes = [OldFailure("{}"), .. nine] }, new(Outcome.Rejected, 400));

        var reason = Assert.Single(Sqs.Sent).GetProperty("MessageAttributes").GetProperty(DeadLetter.AttributeName);
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

    /// <summary>As the only copy tells it.</summary>
    private string? Reason() => Assert.Single(Sqs.Sent)
        .GetProperty("MessageAttributes").GetProperty(DeadLetter.AttributeName).GetProperty("StringValue").GetString();

    private static MessageAttribute OldFailure(string text) => new(DeadLetter.AttributeName, "String", text);
}
