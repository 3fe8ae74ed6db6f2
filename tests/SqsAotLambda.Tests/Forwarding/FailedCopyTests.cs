using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Burials;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>When a message is not copied to the dead-letter queue, and what is told of it.</summary>
public sealed class FailedCopyTests : IAsyncDisposable
{
    private readonly Burials burials = new();

    private StubSqs Sqs => burials.Sqs;

    public ValueTask DisposeAsync() => burials.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task A_message_that_SQS_is_sure_to_refuse_is_not_sent_to_it()
    {
        Assert.False(await burials.BuryAsync(Whole with { Body = new byte[(1024 * 1024) + 1] }, new(Outcome.Rejected, 400)));
        Assert.False(await burials.BuryAsync(Whole with { Attributes = [new("a", "String", new('é', 600_000))] }, new(Outcome.Rejected, 400)));

        Assert.Empty(Sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_that_SQS_refuses_is_none_and_its_code_is_told()
    {
        using var output = new MemoryStream();
        Sqs.OnCall = StubSqs.Refuse;

        Assert.False(await burials.BuryAsync(Whole, new(Outcome.Rejected, 400), output: output));

        Assert.Equal(
            """{"timestamp":"2026-01-02T03:04:05Z","level":"ERROR","message":"CopyFailed","messageId":"id-1","errorMessage":"AmazonSQS.SendMessage """
                + """was refused with 400: QueueDoesNotExist."}""" + "\n",
            System.Text.Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_400_with_a_MessageId_confirms_nothing()
    {
        Sqs.OnCall = _ => Replies.Status(400, """{"MessageId":"copy-1"}""");

        Assert.False(await burials.BuryAsync(Whole, new(Outcome.Rejected, 400)));
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
        Sqs.OnCall = _ => Replies.Status(200, answer);

        Assert.False(await burials.BuryAsync(Whole, new(Outcome.Rejected, 400)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_copy_whose_answer_is_cut_is_none()
    {
        Sqs.OnCall = _ => Replies.Reset;

        Assert.False(await burials.BuryAsync(Whole, new(Outcome.Rejected, 400)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_queue_or_with_a_defect_nothing_is_copied()
    {
        Assert.False(await burials.BuryAsync(Whole, new(Outcome.Rejected), queue: ""));
        Assert.False(await burials.BuryAsync(Whole with { Defect = "no text" }, new(Outcome.Rejected)));

        Assert.Empty(Sqs.Calls);
    }

    [Fact(Timeout = 30_000)]
    public async Task Many_copies_that_fail_side_by_side_are_each_told_in_a_line_of_their_own()
    {
        using var output = new MemoryStream();
        Sqs.OnCall = StubSqs.Refuse;
        using var function = burials.Function(new(Outcome.Rejected, 400), DeadLetterQueue, output);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(index => Given.DeliverAsync(function, Whole with { Id = $"id-{index}" })));

        var lines = System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("messageId").GetString()).Distinct().Count());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_message_of_an_unnamed_queue_is_not_copied()
    {
        Assert.False(await burials.BuryAsync(Whole with { Queue = new("") }, new(Outcome.Rejected, 400)));

        Assert.Empty(Sqs.Calls);
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
            burials.Settings(DeadLetterQueue),
            new()
            {
                Send = (endpoint, message, _) => new(
                    new Delivery(message.Id is "delivered" ? Outcome.Delivered : Outcome.Rejected, Endpoint: endpoint)),
            },
            time);
        Message[] batch = [.. Given.Batch("delivered", "rejected").Select(message => message with { Queue = new(arn), GroupId = message.Id })];

        var failed = await function.HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["rejected"], failed.Select(message => message.Id));
        Assert.Empty(Sqs.Calls);
    }
}
