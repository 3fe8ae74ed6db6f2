using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Support.RoutedMessages;

namespace SqsAotLambda.Tests.Requests;

/// <summary>The URL that a route makes of a message.</summary>
public sealed class RouteUrlTests : IAsyncDisposable
{
    /// <summary>In characters, of a URL.</summary>
    private const int MaxUrl = 8000;

    private readonly RoutedMessages routed = new();

    public ValueTask DisposeAsync() => routed.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData("/{attribute:tenant}/x", "/%C3%A9%2F%C3%BC%3F%26%23/x")]
    [InlineData("/x?t={attribute:tenant}&id={body:/id}", "/x?t=%C3%A9%2F%C3%BC%3F%26%23&id=7")]
    [InlineData("?t={groupId}", "/?t=g%201")]
    [InlineData("/{messageId}/{groupId}/{queue}/{receiveCount}", "/059f36b4/g%201/orders/3")]
    [InlineData("/{body:/price}/{body:/big}", "/1.50/123456789012345678901234567890.10")]
    [InlineData("/x?a={groupId}&b={attribute:dots}", "/x?a=g%201&b=..")]
    [InlineData("/a%20b/{{messageId}}", "/a%20b/%7BmessageId%7D")]
    [InlineData("/keep%2e%2E/{messageId}", "/keep%2e%2E/059f36b4")]
    public async Task Values_are_written_into_the_URL_by_their_place(string path, string expected) =>
        Assert.Equal(expected, (await routed.ReceivedAsync($$"""[{"name":"a","url":"URL{{path.TrimStart('/')}}"}]""", Order)).Path);

    /// <summary>As .NET writes them in a URL without expressions.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("a b/{{c}}|d^e`f<g>h\\\"i[j]")]
    [InlineData("é/ü☃😀")]
    [InlineData("100%/%4/%zz/%41%c3%a9")]
    [InlineData("a\\\\b")]
    [InlineData("~-_.!$&'()*+,;=:@")]
    public async Task What_the_settings_write_into_a_URL_is_sent_alike_with_and_without_expressions(string literal)
    {
        var with = await routed.ReceivedAsync($$"""[{"name":"a","url":"URL{{literal}}/{messageId}?q={{literal}}&id={messageId}"}]""", Order);
        var without = await routed.ReceivedAsync($$"""[{"name":"a","url":"URL{{literal}}/059f36b4?q={{literal}}&id=059f36b4"}]""", Order);

        Assert.Equal(
            without.Path.Replace("A%c3%a9", "%41%c3%a9", StringComparison.Ordinal).Replace("A%C3%A9", "%41%c3%a9", StringComparison.Ordinal),
            with.Path);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_query_right_behind_the_host_gets_its_path()
    {
        var routes = $$"""[{"name":"a","url":"{{routed.Server.Url.GetLeftPart(UriPartial.Authority)}}?t={groupId}"}]""";

        Assert.Equal("/?t=g%201", (await routed.ReceivedAsync(routes, Order)).Path);
    }

    [Theory]
    [InlineData("https://a.example.com/{{b}}/{attribute:a}", "https://a.example.com/%7Bb%7D/{attribute:a}", false)]
    [InlineData("https://a.example.com/a b/é/{attribute:a}", "https://a.example.com/a%20b/%C3%A9/{attribute:a}", false)]
    [InlineData("https://a.example.com/{{b}}?k={{c}}&a={attribute:a}", "https://a.example.com/%7Bb%7D", true)]
    [InlineData(" https://a.example.com/{attribute:a} ", "https://a.example.com/{attribute:a}", false)]
    public void Where_a_URL_is_shown_it_is_so_as_it_is_sent(string url, string shown, bool hasQuery)
    {
        var template = Given.Settings(new("https://example.com/"), ("FORWARD_ROUTES", $$"""[{"name":"a","url":"{{url}}"}]""")).Routes[0].Url!;

        Assert.Equal((shown, hasQuery), (template.Shown, template.HasQuery));
    }

    [Fact]
    public void What_the_settings_write_into_a_query_is_concealed_whatever_it_is()
    {
        var template = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", """[{"name":"a","url":"https://a.example.com/?k={{c}} é&a={attribute:a}"}]""")).Routes[0].Url!;

        Assert.True(template.TryFill(Given.Message() with { Attributes = [new("a", "String", "b c")] }, out var url, out _));

        Assert.Equal(("/?k=%7Bc%7D%20%C3%A9&a=b%20c", "/?k=***&a=b%20c"), (url.PathAndQuery, template.Conceal(url, "***")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("x%4", "/x%254g%201")]
    [InlineData("x%", "/x%25g%201")]
    [InlineData("x%4g", "/x%254gg%201")]
    [InlineData("x%41", "/x%41g%201")]
    public async Task A_percent_sign_that_begins_no_escape_is_sent_as_one(string literal, string path) =>
        Assert.Equal(path, (await routed.ReceivedAsync($$"""[{"name":"a","url":"URL{{literal}}{groupId}"}]""", Order)).Path);

    /// <summary>Behind the first question mark all is query, whatever it holds.</summary>
    [Fact(Timeout = 30_000)]
    public async Task A_value_behind_two_question_marks_may_be_empty_or_climb()
    {
        var message = Order with { Attributes = [new("empty", "String", ""), new("up", "String", "..")] };

        var request = await routed.ReceivedAsync("""[{"name":"a","url":"URLa?b={attribute:up}?c={attribute:empty}?"}]""", message);

        Assert.Equal("/a?b=..?c=?", request.Path);
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(MaxUrl, 0, false)]
    [InlineData(MaxUrl, MaxUrl, false)]
    public void A_URL_has_at_most_8000_characters(int moreInFirst, int moreInSecond, bool fits)
    {
        var template = Given.Settings(
            new("https://example.com/"),
            ("FORWARD_ROUTES", """[{"name":"a","url":"https://a.example.com/{attribute:a}?{attribute:b}"}]""")).Routes[0].Url!;
        var others = "https://a.example.com/?".Length;
        var message = Given.Message() with
        {
            Attributes =
            [
                new("a", "String", new string('a', MaxUrl - others - 1 + moreInFirst)), new("b", "String", new string('b', 1 + moreInSecond)),
            ],
        };

        Assert.Equal(fits, template.TryFill(message, out var url, out var fault));

        Assert.Equal(fits ? MaxUrl : null, url?.OriginalString.Length);
        if (!fits) Assert.EndsWith("makes the URL longer than 8000 characters", fault, StringComparison.Ordinal);
    }
}
