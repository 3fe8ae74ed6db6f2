using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>Responses that are not HTTP, or could be taken for something else.</summary>
public sealed class RefusedResponseTests
{
    [Theory(Timeout = 30_000)]
    [InlineData("||")]
    [InlineData("hello||")]
    [InlineData("HTTP/1.1||")]
    [InlineData("HTTP/1.1 ||")]
    [InlineData("HTTP/1.1 20||")]
    [InlineData("HTTP/1.1 20 OK||")]
    [InlineData("HTTP/1.1 2000 OK||")]
    [InlineData("HTTP/1.1 200OK||")]
    [InlineData("HTTP/1.1 099 Low||")]
    [InlineData("HTTP/1.1 -20 OK||")]
    [InlineData("HTTP/1.1 +20 OK||")]
    [InlineData("HTTP/1.1 2x0 OK||")]
    [InlineData("HTTP/1.1  200 OK||")]
    [InlineData("HTTP/2 200 OK||")]
    [InlineData("HTTP/2.0 200 OK||")]
    [InlineData("http/1.1 200 OK||")]
    [InlineData(" HTTP/1.1 200 OK||")]
    [InlineData("|HTTP/1.1 200 OK||")]
    [InlineData("GET / HTTP/1.1|Host: h||")]
    [InlineData("HTTP/1.1 100 Continue||hello||")]
    public async Task What_does_not_begin_with_a_status_line_is_refused(string response) => await AssertRefusedAsync(response);

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1x")]
    [InlineData("1 1")]
    [InlineData("1,1")]
    [InlineData("1.0")]
    [InlineData("0x1")]
    [InlineData("4294967295")]
    [InlineData("4294967297")]
    [InlineData("99999999999999999999")]
    public async Task A_content_length_that_is_not_a_number_within_bounds_is_refused(string length) =>
        await AssertRefusedAsync($"HTTP/1.1 200 OK|Content-Length: {length}||12345");

    [Theory(Timeout = 30_000)]
    [InlineData("|hello|0||")]
    [InlineData("x|hello|0||")]
    [InlineData("-5|hello|0||")]
    [InlineData("+5|hello|0||")]
    [InlineData("0x5|hello|0||")]
    [InlineData("5 5|hello|0||")]
    [InlineData(";5|hello|0||")]
    [InlineData("ffffffff|hello|0||")]
    [InlineData("100000005|hello|0||")]
    [InlineData("5|hello||0||")]
    [InlineData("5|hello|x||")]
    public async Task A_chunk_size_that_is_not_a_hexadecimal_number_within_bounds_is_refused(string chunks) =>
        await AssertRefusedAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");

    [Theory(Timeout = 30_000)]
    [InlineData("4|hello|0||")]
    [InlineData("5|hello\n\n0||")]
    [InlineData("5|hello\r0||")]
    [InlineData("1|h|1|el|2|lo|0||")]
    public async Task A_chunk_longer_than_its_size_is_refused(string chunks) =>
        await AssertRefusedAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");

    [Theory(Timeout = 30_000)]
    [InlineData("gzip")]
    [InlineData("gzip, chunked")]
    [InlineData("chunked, chunked")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task A_transfer_coding_other_than_chunked_is_refused(string coding) =>
        await AssertRefusedAsync($"HTTP/1.1 200 OK|Transfer-Encoding: {coding}|Content-Length: 5||5|hello|0||");

    /// <summary>Where one answer could be taken for another's.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 2|Content-Length: 2||ok")]
    [InlineData("Content-Length: 2|content-length: 5||hello")]
    [InlineData("Content-Length: 2, 2||ok")]
    [InlineData("Content-Length: 2|Transfer-Encoding: chunked||0||")]
    [InlineData("Transfer-Encoding: chunked|Content-Length: 2||0||")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: chunked||0||")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: identity||0||")]
    [InlineData("Name: value| folded: yes|Content-Length: 2||ok")]
    [InlineData("Name: value|\tfolded|Content-Length: 2||ok")]
    [InlineData(" Content-Length: 5|Content-Length: 2||ok")]
    [InlineData("Content-Length : 5||hello")]
    [InlineData("Content-Length\t: 5||hello")]
    [InlineData("Content Length: 5|Content-Length: 2||ok")]
    [InlineData("Not a header|Content-Length: 2||ok")]
    [InlineData(": value|Content-Length: 2||ok")]
    [InlineData("Name: a\nContent-Length: 5|Content-Length: 2||ok")]
    [InlineData("Name: a\rContent-Length: 5|Content-Length: 2||ok")]
    [InlineData("Name: a\0|Content-Length: 2||ok")]
    [InlineData("Content-Length: \u000b2||ok")]
    [InlineData("Content-Length: 99999999999999999999||ok")]
    public async Task A_head_that_could_be_misunderstood_is_refused(string headersAndBody) =>
        await AssertRefusedAsync("HTTP/1.1 200 OK|" + headersAndBody);

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5||")]
    [InlineData("HTTP/1.1 200 OK\n\nContent-Length: 5||")]
    [InlineData("HTTP/1.1 200 \0|Content-Length: 0||")]
    [InlineData("HTTP/1.2 200 OK|Content-Length: 0||")]
    public async Task A_status_line_that_could_be_misunderstood_is_refused(string head) => await AssertRefusedAsync(head);

    [Theory(Timeout = 30_000)]
    [InlineData("5\n|hello|0||")]
    [InlineData("5;a\nb|hello|0||")]
    public async Task A_chunk_size_with_a_bare_line_end_is_refused(string chunks) =>
        await AssertRefusedAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");
}
