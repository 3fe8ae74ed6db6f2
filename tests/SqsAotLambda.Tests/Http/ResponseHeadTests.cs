using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>What the headers of a response say, also of its connection.</summary>
public sealed class ResponseHeadTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 2||ok")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|0||")]
    [InlineData("HTTP/1.1 204 No Content||")]
    [InlineData("HTTP/1.1 200 OK|Connection: keep-alive|Content-Length: 2||ok")]
    [InlineData("HTTP/1.0 200 OK|Connection: Keep-Alive|Content-Length: 2||ok")]
    public async Task A_connection_is_kept(string response) => Assert.True((await ReadAsync(response)).KeepAlive);

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK|Connection: close|Content-Length: 2||ok")]
    [InlineData("HTTP/1.1 200 OK|CONNECTION: CLOSE|Content-Length: 2||ok")]
    [InlineData("HTTP/1.1 200 OK|connection:Close |Transfer-Encoding: chunked||2|ok|0||")]
    [InlineData("HTTP/1.1 204 No Content|Connection: close||")]
    [InlineData("HTTP/1.0 200 OK|Content-Length: 2||ok")]
    [InlineData("HTTP/1.0 204 No Content||")]
    [InlineData("HTTP/1.1 200 OK||ok")]
    [InlineData("HTTP/1.1 200 OK|Connection: keep-alive||ok")]
    public async Task A_connection_is_not_kept(string response) => Assert.False((await ReadAsync(response)).KeepAlive);

    [Theory(Timeout = 30_000)]
    [InlineData("Name: value")]
    [InlineData("name: value")]
    [InlineData("NAME:value")]
    [InlineData("nAmE: \t value \t")]
    [InlineData("Other: 1|Name: value")]
    [InlineData("Name-Not: 1|Not-Name: 2|Nam: 3|Name: value")]
    public async Task A_header_is_found_in_any_case_and_without_outer_spaces(string headers)
    {
        var response = await ReadAsync($"HTTP/1.1 200 OK|{headers}|Content-Length: 0||");

        Assert.Equal("value", response.Header("Name"u8));
    }

    [Fact(Timeout = 30_000)]
    public async Task Several_headers_of_one_name_are_one_list()
    {
        var response = await ReadAsync("HTTP/1.1 200 OK|name: first|Name: second|Content-Length: 0||");

        Assert.Equal("first, second", response.Header("Name"u8));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_header_that_is_not_there_is_null()
    {
        var response = await ReadAsync("HTTP/1.1 200 Name: no|Other: Name: no|Content-Length: 9||Name: no|");

        Assert.Null(response.Header("Name"u8));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Name: h\u00e9llo \u2603 \U0001F600", "h\u00e9llo \u2603 \U0001F600")]
    [InlineData("Name: a: b:c", "a: b:c")]
    [InlineData("Name:", "")]
    [InlineData("Name: \t ", "")]
    public async Task A_header_value_is_UTF8_up_to_the_end_of_its_line(string header, string value)
    {
        var response = await ReadAsync($"HTTP/1.1 200 OK|{header}|Content-Length: 0||");

        Assert.Equal(value, response.Header("Name"u8));
    }

    [Fact(Timeout = 30_000)]
    public async Task Headers_of_an_interim_response_are_not_those_of_the_response()
    {
        var response = await ReadAsync("HTTP/1.1 103 Early Hints|Name: no|Connection: close||HTTP/1.1 200 OK|Content-Length: 2||ok");

        Assert.Null(response.Header("Name"u8));
        Assert.True(response.KeepAlive);
    }

    [Fact(Timeout = 30_000)]
    public async Task Trailers_are_not_headers()
    {
        var response = await ReadAsync("HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|0|Name: no|Connection: close||");

        Assert.Null(response.Header("Name"u8));
        Assert.True(response.KeepAlive);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("close, x")]
    [InlineData("x, Close")]
    [InlineData("keep-alive, close")]
    public async Task A_connection_that_is_to_close_among_others_is_not_kept(string options) =>
        Assert.False((await ReadAsync($"HTTP/1.1 200 OK|Connection: {options}|Content-Length: 2||ok")).KeepAlive);
}
