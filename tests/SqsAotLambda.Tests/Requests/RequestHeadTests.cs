using SqsAotLambda.Http;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Tests.Requests;

/// <summary>How long the head of a request is, and what gives way where it is too long.</summary>
public sealed class RequestHeadTests
{
    [Theory]
    [InlineData("http://h.example/a?b=c", false, "GET /a?b=c HTTP/1.1Hosth.example")]
    [InlineData("http://h.example:80/", true, "GET / HTTP/1.1Hosth.exampleContent-Length2147483647")]
    public void The_head_is_its_first_line_and_the_names_and_values_of_its_headers(string url, bool hasBody, string text)
    {
        var request = new Request("GET", new(url), hasBody ? new byte[1] : default(ReadOnlyMemory<byte>?));

        Assert.True(request.TryShorten(text.Length));
        Assert.False(request.TryShorten(text.Length - 1));
    }

    [Fact]
    public void What_repeats_the_message_has_the_room_of_a_head_all_together()
    {
        var (limit, request) = (new HeaderLimit(100, "SETTING"), Empty());
        foreach (var name in (string[])["a", "b", "c", "d"]) limit.Repeat(request, name, new string('x', 90));

        limit.Repeat(request, "e", new string('x', 36));
        limit.Repeat(request, "f", new string('x', 35));

        Assert.Equal(["a", "b", "c", "d", "f"], NamesOf(request));
        Assert.Equal(["e"], request.LeftOut!.Names);
    }

    [Fact]
    public void Only_what_repeats_the_message_gives_way_also_behind_a_header_that_was_replaced()
    {
        var request = Empty();
        request.AddOptional("a", "x");
        request.AddOptional("b", "x");
        request.Add("c", "x");
        request.Set("a", "y");

        Assert.False(request.TryShorten(1));

        Assert.Equal(["c", "a"], NamesOf(request));
        Assert.Equal(["b"], request.LeftOut!.Names);
    }

    [Fact]
    public void Of_a_hundred_headers_that_repeat_the_message_64_are_sent()
    {
        var request = Empty();
        for (var header = 0; header < 100; header++) request.AddOptional($"a{header}", "x");

        Assert.Equal((64, 36), (request.Headers.Length, request.LeftOut!.Count));
    }

    [Fact]
    public void What_stands_behind_64_headers_does_not_give_way()
    {
        var request = Empty();
        for (var header = 0; header < 64; header++) request.AddOptional($"a{header}", "x");
        request.Add("key", "x");
        request.Add("other", "x");
        request.Set("other", "y");

        Assert.False(request.TryShorten(1));

        Assert.Equal(["key", "other"], NamesOf(request));
    }

    private static Request Empty() => new("GET", new("http://h.example/"), null);

    private static string[] NamesOf(Request request)
    {
        List<string> names = [];
        foreach (var header in request.Headers) names.Add(header.Name);
        return [.. names];
    }
}
