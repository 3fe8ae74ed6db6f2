using System.Text;
using static SqsAotLambda.Tests.Support.Events;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>Messages of an event that cannot be delivered, each with its reason, while the others can.</summary>
public sealed class EventDefectTests
{
    [Theory]
    [InlineData("")]
    [InlineData(""" "body":null, """)]
    [InlineData(""" "body":"x","body":null, """)]
    public void A_message_without_a_body_has_a_defect_rather_than_an_empty_body(string body) =>
        Assert.Equal("there is no body", Read(Encoding.UTF8.GetBytes($$"""{"Records":[{{{body}}"messageId":"a"}]}"""))[0].Defect);

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
    public void An_attribute_name_with_a_lone_surrogate_is_a_defect_of_that_message()
    {
        var message = Read(
            """{"Records":[{"messageId":"a","messageAttributes":{"\ud800":{"dataType":"String","stringValue":"v"}}}]}"""u8.ToArray())[0];

        Assert.Equal("the attribute name holds half a surrogate pair and so has no UTF-8 form", message.Defect);
    }

    [Theory]
    [InlineData(""" "messageId":"a","receiptHandle":"\ud800" """, "receiptHandle")]
    [InlineData(""" "messageId":"a","eventSource":"\ud800" """, "eventSource")]
    [InlineData(""" "messageId":"a","attributes":{"MessageGroupId":"\ud800"}""", "system attribute")]
    [InlineData(""" "messageId":"a","attributes":{"ApproximateReceiveCount":"\ud800"}""", "system attribute")]
    [InlineData(""" "messageId":"a","messageAttributes":{"x":{"dataType":"Binary","binaryValue":"\ud800"}}""", "attribute x")]
    [InlineData(""" "messageId":"a","messageAttributes":{"x":{"dataType":"\ud800"}}""", "dataType")]
    public void A_defect_names_the_field_that_has_no_UTF8_form(string members, string field) => Assert.Equal(
        $"the {field} holds half a surrogate pair and so has no UTF-8 form",
        Read(Encoding.UTF8.GetBytes($$"""{"Records":[{{{members}},"body":"b"}]}"""))[0].Defect);

    [Theory]
    [InlineData("body")]
    [InlineData("receiptHandle")]
    public void Bytes_that_are_not_UTF8_are_a_defect_of_their_message(string field)
    {
        var json = Encoding.Latin1.GetBytes($$"""{"Records":[{"messageId":"a","body":"b","{{field}}":"ÿ"},{"messageId":"b","body":"b"}]}""");

        Assert.Equal([$"the {field} is not UTF-8", null], Read(json).Select(message => message.Defect));
    }

    [Theory]
    [InlineData(""" "body":7,"receiptHandle":"\ud800" """, "the body is not a string")]
    [InlineData(""" "receiptHandle":"\ud800","body":7 """, "the receiptHandle holds half a surrogate pair and so has no UTF-8 form")]
    [InlineData(""" "body":7,"receiptHandle":"ÿ" """, "the body is not a string")]
    [InlineData(""" "body":7,"attributes":{"MessageGroupId":"\ud800"} """, "the body is not a string")]
    public void The_first_defect_of_a_message_is_told(string members, string defect) =>
        Assert.Equal(defect, Read(Encoding.Latin1.GetBytes($$"""{"Records":[{"messageId":"a",{{members}}}]}"""))[0].Defect);
}
