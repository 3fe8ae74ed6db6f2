using System.Globalization;
using System.Text;
using CsCheck;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Sqs;

public sealed class EventReaderTests
{
    private const string Trace = "Root=1-00000000-000000000000000000000001";

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

    [Fact]
    public void A_body_with_every_escape_is_read_byte_for_byte()
    {
        var message = Read(Golden.Read("standard-event.json"))[1];

        Assert.Equal("{\"name\":\"héllo ☃ \\u0000 😀\",\"path\":\"a\\/b\"}\r\n\t\b\f/", BodyOf(message));
    }

    [Theory]
    [InlineData("é")]
    [InlineData("\\u00e9")]
    [InlineData("\\n\\ud83d\\ude00")]
    public void An_attribute_of_any_length_is_read_whole_with_its_escapes(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 5_000));

        var message = Read(Encoding.UTF8.GetBytes(
            $$$"""{"Records":[{"messageId":"a","body":"{{{piece}}}","messageAttributes":"""
                + $$$"""{"a":{"stringValue":"{{{text}}}","dataType":"String"},"b":{"stringValue":"{{{text}}}x","dataType":"Number.int"} } }]}"""))[0];

        var expected = string.Concat(Enumerable.Repeat(System.Text.RegularExpressions.Regex.Unescape(piece), 5_000));
        Assert.Equal([new("a", "String", expected), new("b", "Number.int", expected + "x")], message.Attributes);
        Assert.Equal(System.Text.RegularExpressions.Regex.Unescape(piece), BodyOf(message));
    }

    [Fact]
    public void A_long_attribute_with_half_a_surrogate_pair_is_a_defect_of_its_message()
    {
        var text = new string('a', 5_000) + "\\ud800";

        var message = Read(
            Encoding.UTF8.GetBytes(
                $$$"""{"Records":[{"messageId":"a","messageAttributes":"""
                    + $$$"""{"{{{new string('n', 1000)}}}":{"stringValue":"{{{text}}}","dataType":"String"} } }]}"""))[0];

        Assert.Equal($"the attribute {new string('n', 100)}… holds half a surrogate pair and so has no UTF-8 form", message.Defect);
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
    public void A_NUL_in_a_body_is_kept()
    {
        var message = Read("""{"Records":[{"messageId":"a","body":"x\u0000y"}]}"""u8.ToArray())[0];

        Assert.Equal("x\0y"u8, message.Body.Span);
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

    [Theory]
    [InlineData("")]
    [InlineData(""" "body":null, """)]
    [InlineData(""" "body":"x","body":null, """)]
    public void A_message_without_a_body_has_a_defect_rather_than_an_empty_body(string body) =>
        Assert.Equal("there is no body", Read(Encoding.UTF8.GetBytes($$"""{"Records":[{{{body}}"messageId":"a"}]}"""))[0].Defect);

    [Fact]
    public void An_empty_body_is_a_body()
    {
        var message = Read("""{"Records":[{"messageId":"a","body":""}]}"""u8.ToArray())[0];

        Assert.Equal(("", null), (BodyOf(message), message.Defect));
    }

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
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new { Records = arns.Select(arn => new { messageId = "m", body = "", eventSourceARN = arn }) });

        Assert.Equal(arns, Read(json).Select(message => message.Queue.Arn));
        Assert.Equal(["a", "b.fifo", "", "a"], Read(json).Select(message => message.Queue.Name));
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

    [Fact]
    public void An_ARN_with_escapes_is_read_as_any_other() => Assert.Equal(
        ["q", "q"],
        Read(
            [
                .. """{"Records":[{"messageId":"a","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:q"},"""u8,
                .. """{"messageId":"b","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:\u0071"}]}"""u8,
            ])
            .Select(message => message.Queue.Name));

    [Fact]
    public void A_FIFO_message_has_its_group_and_its_deduplication_id()
    {
        var messages = Read(Golden.Read("fifo-event.json"));

        Assert.True(messages[0].Queue.IsFifo);
        Assert.Equal(["a", "b", "a"], messages.Select(message => message.GroupId));
        Assert.Equal(["d1", "d2", "d3"], messages.Select(message => message.DeduplicationId));
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\\udc00 alone")]
    [InlineData("\\ud83d\\u0041")]
    public void A_body_with_a_lone_surrogate_is_a_defect_of_that_message_alone(string body)
    {
        var json = $$"""{"Records":[{"messageId":"a","body":"one\n"},{"messageId":"b","body":"{{body}}"},{"messageId":"c","body":"three\n"}]}""";

        var messages = Read(Encoding.UTF8.GetBytes(json));

        Assert.Equal([null, "the body holds half a surrogate pair and so has no UTF-8 form", null], messages.Select(message => message.Defect));
        Assert.Equal(["one\n", "", "three\n"], messages.Select(BodyOf));
    }

    [Fact]
    public void An_attribute_with_a_lone_surrogate_is_a_defect_of_that_message()
    {
        var message = Read(
            """{"Records":[{"messageId":"a","messageAttributes":{"x":{"dataType":"String","stringValue":"\ud800"}}}]}"""u8.ToArray())[0];

        Assert.Equal("the attribute x holds half a surrogate pair and so has no UTF-8 form", message.Defect);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("true")]
    [InlineData("""{"a":1}""")]
    [InlineData("[]")]
    public void A_body_that_is_not_a_string_is_a_defect_rather_than_an_empty_body(string body)
    {
        var message = Read(Encoding.UTF8.GetBytes($$"""{"Records":[{"messageId":"a","body":{{body}}}]}"""))[0];

        Assert.Equal("the body is not a string", message.Defect);
    }

    [Fact]
    public void An_attribute_name_with_a_lone_surrogate_is_a_defect_of_that_message()
    {
        var message = Read(
            """{"Records":[{"messageId":"a","messageAttributes":{"\ud800":{"dataType":"String","stringValue":"v"}}}]}"""u8.ToArray())[0];

        Assert.Equal("the attribute name holds half a surrogate pair and so has no UTF-8 form", message.Defect);
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

    [Theory]
    [InlineData("", "The event is not valid JSON at byte 0 of line 0.")]
    [InlineData("{\"Records\":[", "The event is not valid JSON at byte 12 of line 0.")]
    [InlineData("{\"Records\":[]} x", "The event is not valid JSON at byte 15 of line 0.")]
    [InlineData("[]", "The event is not an SQS event: it is not a JSON object.")]
    [InlineData("null", "The event is not an SQS event: it is not a JSON object.")]
    [InlineData("{}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"Records\":null}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"records\":[]}", "The event is not an SQS event: it has no array named Records.")]
    [InlineData("{\"Records\":[],\"Records\":[]}", "The event is not an SQS event: it has two members named Records.")]
    [InlineData("{\"Records\":[7]}", "The event is not an SQS event: Records[0] is not an object.")]
    [InlineData("{\"Records\":[{\"messageId\":\"a\"},{\"body\":\"b\"}]}", "The event is not an SQS event: Records[1] has no messageId.")]
    [InlineData("{\"Records\":[{\"messageId\":\"\"}]}", "The event is not an SQS event: Records[0] has no messageId.")]
    [InlineData(
        "{\"Records\":[{\"messageId\":\"a\",\"eventSource\":\"aws:kinesis\"}]}",
        "The event is not an SQS event: Records[0] has another eventSource than aws:sqs.")]
    public void What_is_not_an_SQS_event_is_refused_with_the_reason(string json, string reason)
    {
        var refusal = Assert.Throws<InvalidEventException>(() => Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(reason, refusal.Message);
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

    [Fact]
    public void Bodies_of_any_text_survive_the_way_through_JSON() => Property.Holds(
        AnyText.Of(string.Concat(Enumerable.Range(0, 0x20).Select(each => (char)each)) + "\"\\/\u007f", 0, 39).Array[1, 4],
        runs: 2_000,
        bodies =>
        {
            var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                new { Records = bodies.Select((body, index) => new { messageId = $"{index}", body }) });

            Assert.Equal(bodies, Read(json).Select(BodyOf));
        },
        bodies => string.Join(", ", bodies.Select(Shown.Text)));

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
                var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                    new { Records = batch.Select(arn => new { messageId = "m", eventSourceARN = arn }) });

                Assert.Equal(batch, reader.Read(json, Trace).Select(message => message.Queue.Arn));
            },
            batch => string.Join(", ", batch));
    }

    private static IReadOnlyList<Message> Read(byte[] json) => new EventReader().Read(json, Trace);

    private static string BodyOf(Message message) => Encoding.UTF8.GetString(message.Body.Span);
}
