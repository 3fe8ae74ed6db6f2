using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>Responses that have no sound status line, and those whose body is not taken.</summary>
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
    [InlineData("HTTP/1.1 000 None||")]
    [InlineData("HTTP/1.1 200\tOK||")]
    [InlineData("HTTP/1.1 200\rOK||")]
    [InlineData("HTTP/1.1\t200 OK||")]
    [InlineData("HTTP/1.2 200 OK|Content-Length: 0||")]
    [InlineData("HTTP/1.11 200 OK||")]
    [InlineData("HTTP/11 200 OK||")]
    [InlineData("ICY 200 OK||")]
    [InlineData("\n\n")]
    [InlineData("\nHTTP/1.1 200 OK||")]
    [InlineData("HTTP/2 200 OK||")]
    [InlineData("HTTP/2.0 200 OK||")]
    [InlineData("http/1.1 200 OK||")]
    [InlineData(" HTTP/1.1 200 OK||")]
    [InlineData("|HTTP/1.1 200 OK||")]
    [InlineData("GET / HTTP/1.1|Host: h||")]
    [InlineData("HTTP/1.1 100 Continue||hello||")]
    public async Task What_does_not_begin_with_a_status_line_is_refused(string response) => await AssertRefusedAsync(response);

    [Theory(Timeout = 30_000)]
    [InlineData("|hello|0||")]
    [InlineData("x|hello|0||")]
    [InlineData("-5|hello|0||")]
    [InlineData("+5|hello|0||")]
    [InlineData("0x5|hello|0||")]
    [InlineData("5 5|hello|0||")]
    [InlineData(" 5|hello|0||")]
    [InlineData("\t5|hello|0||")]
    [InlineData(";5|hello|0||")]
    [InlineData("ffffffff|hello|0||")]
    [InlineData("100000005|hello|0||")]
    [InlineData("5|hello||0||")]
    [InlineData("5|hello|x||")]
    public async Task A_chunk_size_that_is_not_a_hexadecimal_number_within_bounds_is_refused(string chunks) =>
        await AssertTakesStatusAloneAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");

    [Theory(Timeout = 30_000)]
    [InlineData("4|hello|0||")]
    [InlineData("5|hello\n\n0||")]
    [InlineData("5|hello\r0||")]
    [InlineData("1|h|1|el|2|lo|0||")]
    public async Task A_chunk_longer_than_its_size_is_refused(string chunks) =>
        await AssertTakesStatusAloneAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");

    [Theory(Timeout = 30_000)]
    [InlineData("5\n|hello|0||")]
    [InlineData("5;a\nb|hello|0||")]
    [InlineData("5\r|hello|0||")]
    [InlineData("5;a\rb|hello|0||")]
    [InlineData("5;a\0|hello|0||")]
    [InlineData("5|hello|0\n||")]
    [InlineData("5|hello|0|Trailer: a\n\n||")]
    [InlineData("5|hello|0|Trailer: a\rb||")]
    public async Task A_chunk_size_or_a_trailer_that_may_end_elsewhere_is_refused(string chunks) =>
        await AssertTakesStatusAloneAsync($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}");
}
