using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.Events;

namespace SqsAotLambda.Tests.Sqs;

/// <summary>Bodies and attributes of an event, character by character.</summary>
public sealed class EventTextTests
{
    [Fact]
    public void A_body_with_every_escape_is_read_byte_for_byte()
    {
        var message = Read(Golden.Read("standard-event.json"))[1];

        Assert.Equal("{\"name\":\"héllo ☃ \\u0000 😀\",\"path\":\"a\\/b\"}\r\n\t\b\f/", BodyOf(message));
    }

    [Fact]
    public void A_NUL_in_a_body_is_kept()
    {
        var message = Read("""{"Records":[{"messageId":"a","body":"x\u0000y"}]}"""u8.ToArray())[0];

        Assert.Equal("x\0y"u8, message.Body.Span);
    }

    [Fact]
    public void An_empty_body_is_a_body()
    {
        var message = Read("""{"Records":[{"messageId":"a","body":""}]}"""u8.ToArray())[0];

        Assert.Equal(("", null), (BodyOf(message), message.Defect));
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

        var expected = string.Concat(Enumerable.Repeat(Regex.Unescape(piece), 5_000));
        Assert.Equal([new("a", "String", expected), new("b", "Number.int", expected + "x")], message.Attributes);
        Assert.Equal(Regex.Unescape(piece), BodyOf(message));
    }

    [Fact]
    public void Bodies_of_any_text_survive_the_way_through_JSON() => Property.Holds(
        AnyText.Of(string.Concat(Enumerable.Range(0, 0x20).Select(each => (char)each)) + "\"\\/\u007f", 0, 39).Array[1, 4],
        runs: 2_000,
        bodies =>
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(
                new { Records = bodies.Select((body, index) => new { messageId = $"{index}", body }) });

            Assert.Equal(bodies, Read(json).Select(BodyOf));
        },
        bodies => string.Join(", ", bodies.Select(Shown.Text)));
}
