using System.Text;
using System.Text.Json;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Sqs;

public sealed class JsonStringTests
{
    private const string Awkward = "\"\\/\b\f\n\r\t\0\u0001\u001f\u007f\u0080é\u2028☃\ufffe😀<>&'+";

    [Fact]
    public void A_text_of_any_characters_reads_back() => Property.Holds(
        AnyText.Of(Awkward, 1, 39),
        runs: 2_000,
        text =>
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            var (fromText, fromBytes) = (new byte[JsonString.LengthOf(text)], new byte[JsonString.LengthOf(bytes)]);

            Assert.Equal(fromText.Length, JsonString.Write(text, fromText));
            Assert.Equal(fromBytes.Length, JsonString.Write(bytes, fromBytes));

            Assert.Equal(fromBytes, fromText);
            Assert.Equal(text, JsonDocument.Parse($"\"{Encoding.UTF8.GetString(fromText)}\"").RootElement.GetString());
        },
        Shown.Text);

    /// <summary>A text has no fewer bytes in the event that it comes from.</summary>
    [Theory]
    [InlineData("<>&'+\u007fé☃😀", 0)]
    [InlineData("\"\\\n\t", 4)]
    [InlineData("\u0001\0", 10)]
    public void It_has_no_more_escapes_than_JSON_asks_for(string text, int more) =>
        Assert.Equal(Encoding.UTF8.GetByteCount(text) + more, JsonString.LengthOf(text));

    [Fact]
    public void What_has_no_UTF8_form_is_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => JsonString.LengthOf("\ud800"));
        Assert.Throws<ArgumentException>(() => JsonString.LengthOf([0xff]));
    }

    [Theory]
    [InlineData("abc", "", true)]
    [InlineData("abc", "ab", true)]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc", "ac", false)]
    [InlineData("", "a", false)]
    [InlineData(@"\u0061bc", "ab", true)]
    [InlineData(@"\n\t\r\b\f\/\\\""x", "\n\t\r\b\f/\\\"x", true)]
    [InlineData(@"\ud83d\ude00!", "😀!", true)]
    [InlineData("😀!", "😀!", true)]
    [InlineData(@"\ud83d\ude01", "😀", false)]
    [InlineData(@"\ud83dx", "😀", false)]
    [InlineData(@"\ud83d", "\ufffd", false)]
    [InlineData(@"é\u00e9", "éé", true)]
    public void The_beginning_of_a_string_is_compared_without_its_escapes(string json, string start, bool begins) =>
        Assert.Equal(begins, JsonString.StartsWith(Encoding.UTF8.GetBytes($"\"{json}\""), start));

    [Fact]
    public void Pieces_make_one_JSON_text_short_or_long()
    {
        var longText = string.Concat(Enumerable.Repeat(Awkward, 1000));

        var json = new JsonPieces().Raw("[").Text(Awkward).Raw(",").Text(longText).Raw(",").Text(Encoding.UTF8.GetBytes(Awkward)).Raw(",")
            .Text(Encoding.UTF8.GetBytes(longText)).Raw("]").ToArray();

        Assert.Equal([Awkward, longText, Awkward, longText], JsonDocument.Parse(json).RootElement.EnumerateArray().Select(each => each.GetString()));
    }
}
