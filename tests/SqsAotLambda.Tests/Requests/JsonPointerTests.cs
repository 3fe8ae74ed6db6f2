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

    private const string Wrapped =
        """
        {"Message":"{\"order\":7,\"list\":[\"{\\\"x\\\":\\\"deep \\u00e9\\\"}\",{}],\"key\":\"%C3%B6/%zz\"}","plain":"{\"a\":\"b\"}",
         "marked":"\ufeff{\"a\":\"c\"}","a/b":"5","key":"red+flower%2B1.jpg","number":7,"half":"\ud800"}
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
    [InlineData("/a~xml")]
    [InlineData("/a~~json")]
    [InlineData("/a~json~json")]
    [InlineData("/a~form/b")]
    public void What_is_not_a_pointer_is_refused(string text) => Assert.Null(JsonPointer.TryParse(text));

    [Theory]
    [InlineData("/Message~json/order", "7")]
    [InlineData("/Message~json/list/0~json/x", "deep é")]
    [InlineData("/plain~json/a", "b")]
    [InlineData("/marked~json/a", "c")]
    [InlineData("/a~1b~json", "5")]
    [InlineData("/key~form", "red flower+1.jpg")]
    [InlineData("/Message~json/key~form", "ö/%zz")]
    public void A_string_is_read_as_the_JSON_or_the_form_that_it_holds_where_the_pointer_says_so(string path, string text) =>
        Assert.Equal(text, Read(path, Wrapped));

    [Theory]
    [InlineData("/Message/order")]
    [InlineData("/Message~json/missing")]
    [InlineData("/Message~json/list/1~json/x")]
    [InlineData("/number~json")]
    [InlineData("/number~form")]
    [InlineData("/half~json")]
    [InlineData("/none~json/x")]
    [InlineData("/none~form")]
    [InlineData("/key~json/x")]
    public void What_holds_none_is_as_good_as_missing(string path) => Assert.Null(Read(path, Wrapped));

    [Fact]
    public void A_text_that_many_pointers_go_through_is_read_once()
    {
        var message = Given.Message(body: $$"""{"Message":"{\"a\":1,\"b\":2,\"c\":\"{{new string('x', 100_000)}}\"}"}""");
        Expression[] all = [.. "abc".Select(name => Expression.TryParse($"body:/Message~json/{name}")!)];
        all[0].TextOf(message);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal("2", all[1].TextOf(message));
        Assert.True(all[2].JsonOf(message).Length > 100_000);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static string? Read(string path, string json) => Expression.TryParse($"body:{path}")!.TextOf(Given.Message(body: json));
}
