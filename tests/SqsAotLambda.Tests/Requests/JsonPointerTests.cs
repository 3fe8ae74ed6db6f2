using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Requests;

public sealed class JsonPointerTests
{
    /// <summary>The document of RFC 6901, section 5, and some more.</summary>
    private const string Document = """
        {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":9,
         "deep":{"skip":{"deep":{"x":"wrong"}},"list":[[1,[2]],{"x":"right"}]},"yes":true,"no":false,"nothing":null,"escaped":"a\tb","big":1.50e3}
        """;

    [Theory]
    [InlineData("/foo/0", "bar")]
    [InlineData("/foo/1", "baz")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    [InlineData("/~01", "9")]
    [InlineData("/deep/list/1/x", "right")]
    [InlineData("/deep/list/0/1/0", "2")]
    [InlineData("/yes", "true")]
    [InlineData("/no", "false")]
    [InlineData("/escaped", "a\tb")]
    [InlineData("/big", "1.50e3")]
    public void It_finds_a_string_a_number_or_a_boolean_as_text(string path, string text) => Assert.Equal(text, Read(path, Document));

    [Theory]
    [InlineData("")]
    [InlineData("/foo")]
    [InlineData("/deep")]
    [InlineData("/nothing")]
    [InlineData("/missing")]
    [InlineData("/foo/2")]
    [InlineData("/foo/-")]
    [InlineData("/foo/01")]
    [InlineData("/foo/x")]
    [InlineData("/foo/0/x")]
    [InlineData("/yes/x")]
    public void Anything_else_is_as_good_as_missing(string path) => Assert.Null(Read(path, Document));

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{\"foo\":")]
    [InlineData("{\"foo\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800foo\":1,\"foo\":2}")]
    public void A_body_that_is_not_JSON_has_no_values(string body) => Assert.Null(Read("/foo", body));

    [Fact]
    public void The_whole_of_a_body_can_be_pointed_at() => Assert.Equal("text", Read("", "\"text\""));

    [Theory]
    [InlineData("foo")]
    [InlineData("/~")]
    [InlineData("/~2")]
    [InlineData("/a~")]
    public void What_is_not_a_pointer_is_refused(string text) => Assert.Null(JsonPointer.TryParse(text));

    private static string? Read(string path, string json) => Expression.TryParse($"body:{path}")!.TextOf(Given.Message(body: json));
}
