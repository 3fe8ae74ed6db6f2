using System.Globalization;
using System.Text;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.Events;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>What a message of an event says of itself, and one event behind the other.</summary>
public sealed class EventReaderTests
{
    [Fact]
    public void A_whole_message_is_read()
    {
        var message = Read(Golden.Read("standard-event.json"))[0];

        Assert.Equal(0, message.Position);
        Assert.Equal("059f36b4-87a3-44ab-83d2-661975830a7d", message.Id);
        Assert.Equal("Test message.", BodyOf(message));
        Assert.Equal(3, message.ReceiveCount);
        Assert.Equal(new DateTimeOffset(2018, 12, 17, 21, 37, 29, 185, TimeSpan.Zero), message.FirstReceivedAt);
        Assert.Equal(new DateTimeOffset(2018, 12, 17, 21, 37, 29, 183, TimeSpan.Zero), message.SentAt);
        Assert.Equal("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1", message.TraceHeader);
        Assert.Equal("my-queue", message.Queue.Name);
        Assert.False(message.Queue.IsFifo);
        Assert.Null(message.GroupId);
        Assert.Null(message.Defect);
    }

    [Fact]
    public void A_message_that_has_no_more_than_an_id_is_read()
    {
        var message = Read(Golden.Read("standard-event.json"))[2];

        Assert.Equal("no-more-than-an-id", message.Id);
        Assert.Equal(2, message.Position);
        Assert.True(message.Body.IsEmpty);
        Assert.Null(message.ReceiveCount);
        Assert.Null(message.FirstReceivedAt);
        Assert.Null(message.SentAt);
        Assert.Empty(message.Attributes);
        Assert.Equal("", message.Queue.Name);
        Assert.Null(message.TraceHeader);
        Assert.Equal(Trace, message.InvocationTraceHeader);
        Assert.Equal("there is no body", message.Defect);
    }

    [Fact]
    public void A_FIFO_message_has_its_group_and_its_deduplication_id()
    {
        var messages = Read(Golden.Read("fifo-event.json"));

        Assert.True(messages[0].Queue.IsFifo);
        Assert.Equal(["a", "b", "a"], messages.Select(message => message.GroupId));
        Assert.Equal(["d1", "d2", "d3"], messages.Select(message => message.DeduplicationId));
    }

    [Theory]
    [InlineData("0", "1970-01-01T00:00:00Z")]
    [InlineData("\\u00310", "1970-01-01T00:00:00.010Z")]
    [InlineData("253402300799999", "9999-12-31T23:59:59.999Z")]
    public void A_time_is_in_milliseconds(string text, string time)
    {
        var message = Read(
            Encoding.UTF8.GetBytes(
                $$$"""{"Records":[{"messageId":"a","attributes":"""
                    + $$$"""{"SentTimestamp":"{{{text}}}","ApproximateFirstReceiveTimestamp":"{{{text}}}"}}]}"""))[0];

        var expected = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
        Assert.Equal((expected, expected), (message.SentAt, message.FirstReceivedAt));
    }

    [Fact]
    public void Attributes_are_read_with_their_types()
    {
        var message = Read(Golden.Read("standard-event.json"))[0];

        Assert.Equal(
            [new("tenant", "String.name", "éé 100%"), new("weight", "Number.int", "42"), new("blob", "Binary", null, "MTEwMA==")],
            message.Attributes);
    }

    [Theory]
    [InlineData("""{"messageId":"a","attributes":null,"messageAttributes":null,"eventSource":null,"eventSourceARN":null}""")]
    [InlineData("""{"messageId":"a","attributes":[],"messageAttributes":"x","eventSourceARN":{}}""")]
    [InlineData("""{"messageId":"a","attributes":{"ApproximateReceiveCount":"many","ApproximateFirstReceiveTimestamp":"-1","SentTimestamp":"x"}}""")]
    [InlineData(
        """{"messageId":"a","attributes":"""
            + """{"ApproximateReceiveCount":null,"ApproximateFirstReceiveTimestamp":"99999999999999999","SentTimestamp":1545082649183}}""")]
    [InlineData("""{"messageId":"a","messageAttributes":{"x":{"dataType":"Binary.x","stringValue":"v"}}}""")]
    [InlineData("""{"messageId":"a","messageAttributes":{"x":null,"y":{},"z":{"dataType":null,"stringValue":"v"},"w":{"dataType":"String"}}}""")]
    public void Missing_null_and_unreadable_fields_are_tolerated(string record)
    {
        var message = Read(Encoding.UTF8.GetBytes($$$"""{"Records":[{{{{record[1..^1]}}},"body":"b"}]}"""))[0];

        Assert.Equal("a", message.Id);
        Assert.Null(message.ReceiveCount);
        Assert.Null(message.FirstReceivedAt);
        Assert.Null(message.SentAt);
        Assert.Empty(message.Attributes);
        Assert.Null(message.Defect);
    }

    [Fact]
    public void What_is_longer_than_SQS_makes_it_is_not_believed()
    {
        var longText = new string('a', 100_000);

        var messages = Read(Encoding.UTF8.GetBytes($$$"""
            {"Records":[{"messageId":"{{{longText}}}","body":""},
                        {"messageId":"b","body":"","receiptHandle":"{{{longText}}}",
                         "eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:{{{longText}}}",
                         "attributes":{"ApproximateReceiveCount":"{{{new string('0', 1_000_000)}}}3"} }]}
            """));

        Assert.Equal("the messageId is longer than 1024 characters", messages[0].Defect);
        Assert.Equal((null, true, "", 3), (messages[1].Defect, messages[1].ReceiptHandle.IsEmpty, messages[1].Queue.Arn, messages[1].ReceiveCount));
    }

    [Fact]
    public void An_event_without_messages_is_an_empty_batch() => Assert.Empty(Read("""{"Records":[]}"""u8.ToArray()));

    [Fact]
    public void A_reader_reads_one_event_after_the_other()
    {
        var reader = new EventReader();
        var first = reader.Read(
            """{"Records":[{"messageId":"a","body":"first\n","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:q.fifo"}]}"""u8.ToArray(), Trace);
        Assert.Equal("first\n", BodyOf(first[0]));

        var second = reader.Read("""{"Records":[{"messageId":"b","body":"\tthe second is longer than the first"}]}"""u8.ToArray(), Trace);

        Assert.Equal("\tthe second is longer than the first", BodyOf(second[0]));
        Assert.Equal("", second[0].Queue.Name);
    }

    [Fact]
    public void A_reader_needs_no_more_room_for_the_hundredth_event_than_for_the_first()
    {
        var reader = new EventReader();
        var json = """{"Records":[{"messageId":"a","body":"\tthe same\n"}]}"""u8.ToArray();

        for (var time = 0; time < 100; time++) Assert.Equal("\tthe same\n", BodyOf(reader.Read(json, Trace)[0]));
    }
}
