using System.Text;
using System.Text.Json;
using CsCheck;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.Events;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>The queue that each message of an event names.</summary>
public sealed class EventQueueTests
{
    [Fact]
    public void Each_message_is_of_the_queue_that_it_names()
    {
        string[] arns =
        [
            "arn:aws:sqs:us-east-1:123456789012:a",
            "arn:aws:sqs:eu-west-1:210987654321:b.fifo",
            "nonsense",
            "arn:aws:sqs:us-east-1:123456789012:a",
        ];
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new { Records = arns.Select(arn => new { messageId = "m", body = "", eventSourceARN = arn }) });

        Assert.Equal(arns, Read(json).Select(message => message.Queue.Arn));
        Assert.Equal(["a", "b.fifo", "", "a"], Read(json).Select(message => message.Queue.Name));
    }

    /// <summary>One reader for all: what it remembers of an ARN is not another message's.</summary>
    [Fact]
    public void Each_message_keeps_the_ARN_that_it_came_with()
    {
        var reader = new EventReader();
        var arns = Gen.OneOf(
            "arn:aws:sqs:us-east-1:123456789012:a",
            "arn:aws:sqs:us-east-1:123456789012:a.fifo",
            "arn:aws:sqs:eu-west-1:210987654321:é\\\"",
            "no ARN");

        Property.Holds(
            arns.Array[0, 9],
            runs: 2_000,
            batch =>
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(
                    new { Records = batch.Select(arn => new { messageId = "m", eventSourceARN = arn }) });

                Assert.Equal(batch, reader.Read(json, Trace).Select(message => message.Queue.Arn));
            },
            batch => string.Join(", ", batch));
    }

    [Fact]
    public void The_queue_of_one_event_is_not_that_of_the_next()
    {
        var reader = new EventReader();
        string[] names = ["a", "b", "a", "b.fifo"];

        var read = names.SelectMany(name => reader.Read(
            Encoding.UTF8.GetBytes($$"""{"Records":[{"messageId":"m","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:{{name}}"}]}"""), Trace));

        Assert.Equal(names.Select(name => (name, name == "b.fifo")), read.Select(message => (message.Queue.Name, message.Queue.IsFifo)));
    }

    [Fact]
    public void An_ARN_with_escapes_is_read_as_any_other() => Assert.Equal(
        ["q", "q"],
        Read(
            [
                .. """{"Records":[{"messageId":"a","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:q"},"""u8,
                .. """{"messageId":"b","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:\u0071"}]}"""u8,
            ])
            .Select(message => message.Queue.Name));

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"arn:aws:sqs:us-east-1:123456789012:q\\ud800\"")]
    [InlineData("\"\u00ff\"")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("[\"arn:aws:sqs:us-east-1:123456789012:q\"]")]
    public void An_ARN_that_is_no_text_is_that_of_an_unknown_queue_and_no_defect(string arn)
    {
        var json = Encoding.Latin1.GetBytes(
            $$"""{"Records":[{"messageId":"a","body":"b","eventSourceARN":{{arn}}},{"messageId":"c","body":"d","eventSourceARN":{{arn}}}]}""");

        Assert.All(Read(json), message => Assert.Equal((false, false, null), (message.Queue.IsKnown, message.Queue.IsFifo, message.Defect)));
    }
}
