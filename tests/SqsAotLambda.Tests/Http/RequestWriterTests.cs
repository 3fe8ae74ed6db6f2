using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Http;

public sealed class RequestWriterTests
{
    private readonly RequestWriter writer = new();

    [Fact]
    public void A_request_without_body_is_its_head_and_an_empty_line()
    {
        var request = writer.Begin("GET", "/a/b?c=d", "example.com:8080").End();

        Assert.Equal("GET /a/b?c=d HTTP/1.1\r\nHost: example.com:8080\r\n\r\n", Text(request));
    }

    [Fact]
    public void A_request_with_body_says_its_length_in_bytes()
    {
        var request = writer.Begin("POST", "/", "h").Header("Content-Type", "text/plain").Header("X", "").End("h\u00e9llo \u2603\r\n"u8);

        Assert.Equal(
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nX: \r\nContent-Length: 12\r\n\r\nh\u00e9llo \u2603\r\n", Text(request));
    }

    [Fact]
    public void An_empty_body_has_length_0()
    {
        var request = writer.Begin("POST", "/", "h").End([]);

        Assert.Equal("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", Text(request));
    }

    [Fact]
    public void A_header_value_is_written_as_UTF8()
    {
        var request = writer.Begin("GET", "/", "h").Header("X", "h\u00e9llo \u2603").End();

        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\nX: h\u00e9llo \u2603\r\n\r\n", Text(request));
    }

    [Fact]
    public void Bytes_of_the_body_are_written_as_they_are()
    {
        byte[] body = [.. Enumerable.Range(0, 256).Select(each => (byte)each)];

        var request = writer.Begin("POST", "/", "h").End(body);

        Assert.Equal(body, request[^256..].ToArray());
    }

    [Fact]
    public void A_body_larger_than_the_first_buffer_is_written_whole()
    {
        var body = new string('x', 1_000_000);

        var request = writer.Begin("POST", "/", "h").End(Encoding.UTF8.GetBytes(body));

        Assert.Equal($"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n{body}", Text(request));
    }

    [Fact]
    public void Nothing_of_a_request_is_left_in_the_next()
    {
        writer.Begin("POST", "/longer", "longer").Header("X", "y").End("longer"u8);
        writer.Begin("POST", "/given-up", "h").Header("X", "y");

        var request = writer.Begin("GET", "/", "h").End();

        Assert.Equal("GET / HTTP/1.1\r\nHost: h\r\n\r\n", Text(request));
    }

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void A_header_whose_value_would_end_it_is_not_written(string value) =>
        Assert.Throws<ArgumentException>(() => writer.Begin("GET", "/", "h").Header("X", value));

    [Fact]
    public void A_name_is_looked_at_where_the_request_before_had_another()
    {
        writer.Begin("GET", "/", "h").Header("X", "").End();

        Assert.Throws<ArgumentException>(() => writer.Begin("GET", "/", "h").Header("X A", ""));
    }

    [Fact]
    public void Two_requests_that_differ_in_their_method_or_URL_share_no_first_line()
    {
        var url = new Uri("http://h/a");

        Assert.StartsWith("GET /a ", Text(writer.Write(new("GET", url, null))), StringComparison.Ordinal);
        Assert.StartsWith("DELETE /a ", Text(writer.Write(new("DELETE", url, null))), StringComparison.Ordinal);
        Assert.StartsWith("DELETE /b ", Text(writer.Write(new("DELETE", new("http://h/b"), null))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("X A")]
    [InlineData("X:")]
    [InlineData("X\r\nEvil: 1\r\nY")]
    [InlineData("X-é")]
    public void A_header_whose_name_is_none_is_not_written(string name) =>
        Assert.Throws<ArgumentException>(() => writer.Begin("GET", "/", "h").Header(name, "1"));

    private static string Text(ReadOnlyMemory<byte> request) => Encoding.UTF8.GetString(request.Span);
}
