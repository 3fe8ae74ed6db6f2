using System.Text;
using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>Heads that two readers could understand differently: the status counts, and the connection is not kept.</summary>
public sealed class OddHeadTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1x")]
    [InlineData("1 1")]
    [InlineData("1,1")]
    [InlineData("2, 2")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("00000000001")]
    [InlineData("2147483648")]
    [InlineData("4294967295")]
    [InlineData("4294967297")]
    [InlineData("99999999999999999999")]
    public async Task Behind_a_content_length_that_is_not_a_number_within_bounds_nothing_is_read(string length) =>
        await AssertDoubtedAsync($"Content-Length: {length}||12345");

    [Theory(Timeout = 30_000)]
    [InlineData("gzip")]
    [InlineData("gzip, chunked")]
    [InlineData("chunked, chunked")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task Behind_a_transfer_coding_other_than_chunked_nothing_is_read(string coding)
    {
        await AssertDoubtedAsync($"Transfer-Encoding: {coding}||5|hello|0||");
        await AssertDoubtedAsync($"Transfer-Encoding: {coding}|Content-Length: 5||5|hello|0||");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 2|Content-Length: 2||ok")]
    [InlineData("Content-Length: 2|content-length: 5||hello")]
    [InlineData("Content-Length: 2\nContent-Length: 5||hello")]
    [InlineData("Content-Length: 2|Content-Length: 5\n\nhello")]
    [InlineData("Content-Length: 2|Transfer-Encoding: chunked||0||")]
    [InlineData("Transfer-Encoding: chunked|Content-Length: 2||0||")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: identity||0||")]
    public async Task Behind_two_framings_nothing_is_read(string headersAndBody) => await AssertDoubtedAsync(headersAndBody);

    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length : 5||hello")]
    [InlineData("Content-Length\t: 5||hello")]
    [InlineData("Content-Length: 5| ||hello")]
    [InlineData("Content-Length:| 5||hello")]
    [InlineData("Content-Length: 5\n ||hello")]
    [InlineData("Transfer-Encoding : chunked||5|hello|0||")]
    [InlineData("Transfer-Encoding: chunked| ||5|hello|0||")]
    [InlineData("Transfer-Encoding:| chunked||5|hello|0||")]
    public async Task Behind_a_framing_that_is_folded_or_has_space_before_its_colon_nothing_is_read(string headersAndBody) =>
        await AssertDoubtedAsync(headersAndBody);

    [Theory(Timeout = 30_000)]
    [InlineData("Name: a\rContent-Length: 5|Content-Length: 2||ok")]
    [InlineData("Name: a\0|Content-Length: 2||ok")]
    [InlineData("Name: a|\tb\u007f|Content-Length: 2||ok")]
    [InlineData("Name: a\u007f|\tb|Content-Length: 2||ok")]
    [InlineData("Na\u0001me: a|Content-Length: 2||ok")]
    [InlineData("Content-Length\0: 2||ok")]
    [InlineData("Content-Length: \u000b2||ok")]
    public async Task Behind_headers_with_control_characters_nothing_is_read(string headersAndBody) => await AssertDoubtedAsync(headersAndBody);

    /// <summary>They all are read alike by who reads them at all.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK|Name: value| folded: yes|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Name: value|\tContent-Length: 5|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Connection: keep-alive,| close|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK| Content-Length: 5|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200| Content-Length: 5|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Name : value|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Name\t: value|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Content Length: 5|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|(Content-Length): 5|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Not a header|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|: value|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK| : value|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200\nContent-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 2\n|ok", "ok")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 2|\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "ok")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 4\n\n||", "||")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 4\n\n||", "||")]
    [InlineData("HTTP/1.1 200 OK|Name: a\nContent-Length: 5||hello", "hello")]
    [InlineData("HTTP/1.1 200 OK|Name: a|Other: b\nTransfer-Encoding: chunked||5|hello|0||", "hello")]
    [InlineData("HTTP/1.1 200 \0|Content-Length: 2||ok", "ok")]
    [InlineData("HTTP/1.1 200 O\rK|Content-Length: 2||ok", "ok")]
    public async Task Other_headers_that_are_odd_cost_the_connection_alone(string response, string body)
    {
        var read = await ReadAsync(response);

        Assert.Equal((200, false, null), (read.Status, read.KeepAlive, read.Head.Doubt));
        Assert.Equal(Bytes(body), read.Body.ToArray());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Name: 1| 2", "1 2")]
    [InlineData("Name: 1 \t|\t  2|Other: 3", "1 2")]
    [InlineData("Name:| 1| |\t2| ", "1 2")]
    [InlineData("Name: 1\n 2\nOther: 3", "1 2")]
    [InlineData("Name: 1| Name: 2", "1 Name: 2")]
    [InlineData("Other: 3| Name: 2|Name: 1", "1")]
    [InlineData("Name : 1", "1")]
    [InlineData("Name \t: 1|name:2", "1, 2")]
    [InlineData("Other: 3\nName: 1\nOther: 4", "1")]
    [InlineData(": 3|Not a header|Name: 1", "1")]
    [InlineData("Transfer-Encoding: identity|Name: 1|Content-Length: x", "1")]
    public async Task A_header_is_found_in_an_odd_head(string headers, string value)
    {
        var head = await Reader(Bytes($"HTTP/1.1 200 OK|{headers}|Content-Length: 0||")).ReadHeadAsync();

        Assert.Equal((false, value), (head.KeepAlive, head.Header("Name"u8)));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK| Name: 1|Content-Length: 0||")]
    [InlineData("HTTP/1.1 200 OK|Na me: 1|Content-Length: 0||")]
    [InlineData("HTTP/1.1 200 OK|Other: 1| Name: 1|Content-Length: 0||")]
    public async Task What_only_looks_like_a_header_is_none(string response) => Assert.Null((await ReadAsync(response)).Header("Name"u8));

    [Theory(Timeout = 30_000)]
    [InlineData("Retry-After : 7", true)]
    [InlineData("Retry-After:| 7", true)]
    [InlineData("Content-Length: x|RateLimit: \"a\";r=0", true)]
    [InlineData("Name: 1| Retry-After: 7", false)]
    public async Task A_head_that_is_odd_may_throttle(string headers, bool throttles) =>
        Assert.Equal(throttles, (await Reader(Bytes($"HTTP/1.1 429 Slow|{headers}||")).ReadHeadAsync()).Throttles);

    /// <summary>An odd end of an interim response may be no end.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 100 Continue\n\n")]
    [InlineData("HTTP/1.1 100 Continue|\n")]
    [InlineData("HTTP/1.1 103 Early Hints|Link : a||")]
    [InlineData("HTTP/1.1 103 Early Hints|Link: a| b||HTTP/1.1 100 Continue||")]
    public async Task Behind_an_odd_interim_response_the_connection_is_not_kept(string interim)
    {
        var response = await ReadAsync(interim + "HTTP/1.1 200 OK|Content-Length: 2||ok");

        Assert.Equal((200, false, null), (response.Status, response.KeepAlive, response.Head.Doubt));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 103 Early Hints|Link: \0||")]
    [InlineData("HTTP/1.1 102 Processing|Content-Length: 0|Content-Length: 2||HTTP/1.1 100 Continue||")]
    public async Task Behind_an_interim_response_with_a_doubtful_end_nothing_is_read(string interim)
    {
        var (head, body) = await AssertTakesStatusAloneAsync(interim + "HTTP/1.1 200 OK|Content-Length: 2||ok");

        Assert.Equal((false, ""), (head.KeepAlive, body));
    }

    /// <summary>Of a server that sends what it announces, though there is none.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 204 No Content|Content-Length: 5||", false)]
    [InlineData("HTTP/1.1 204 No Content|Transfer-Encoding: chunked||", false)]
    [InlineData("HTTP/1.1 204 No Content|Content-Length: 0||", true)]
    [InlineData("HTTP/1.1 304 Not Modified|Content-Length: 5||", true)]
    public async Task A_204_that_announces_a_body_costs_the_connection(string response, bool isKept) =>
        Assert.Equal((isKept, 0), ((await ReadAsync(response)).KeepAlive, (await ReadAsync(response)).Body.Length));

    [Fact(Timeout = 30_000)]
    public async Task Chunks_of_HTTP_1_0_are_read_and_cost_the_connection()
    {
        var response = await ReadAsync("HTTP/1.0 200 OK|Connection: keep-alive|Transfer-Encoding: chunked||2|ok|0||");

        Assert.Equal((false, "ok"), (response.KeepAlive, Encoding.UTF8.GetString(response.Body.Span)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_speaks_another_protocol_is_not_kept() =>
        Assert.False((await ReadAsync("HTTP/1.1 101 Switching Protocols|Content-Length: 0||")).KeepAlive);

    private static async Task AssertDoubtedAsync(string headersAndBody)
    {
        var (head, body) = await AssertTakesStatusAloneAsync("HTTP/1.1 200 OK|" + headersAndBody);

        Assert.NotNull(head.Doubt);
        Assert.Equal((false, ""), (head.KeepAlive, body));
    }
}
