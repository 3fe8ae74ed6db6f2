using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>Where a response ends, however its bytes arrive.</summary>
public sealed class ResponseReaderTests
{
    /// <summary>Responses that say themselves where they end, with status and body.</summary>
    public static TheoryData<string, int, string> Delimited => new()
    {
        { "HTTP/1.1 200 OK|Content-Length: 5||hello", 200, "hello" },
        { "HTTP/1.1 200 OK|Content-Length: 0||", 200, "" },
        { "HTTP/1.1 200|Content-Length: 2||ok", 200, "ok" },
        { "HTTP/1.1 200 |Content-Length: 2||ok", 200, "ok" },
        { "HTTP/1.0 404 Not Found|content-length:2||no", 404, "no" },
        { "HTTP/1.1 500 Über|Server: ☃|CONTENT-LENGTH: \t 6 \t||a||b", 500, "a||b" },
        { "HTTP/1.1 200 OK|X-Content-Length: 9|Content-Length: 2|Content-Length-Not: 9||ok", 200, "ok" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0||", 200, "hello" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||0||", 200, "" },
        { "HTTP/1.1 200 OK|transfer-encoding: CHUNKED||1|h|2|el|2|lo|0||", 200, "hello" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||A|0123456789|b|0123456789a|0||", 200, "01234567890123456789a" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||00000a|0123456789|000||", 200, "0123456789" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3;a=b;c=\"d\"|hel|2 ; e|lo|0;f||", 200, "hello" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0|Checksum: 1|Other: 2||", 200, "hello" },
        { "HTTP/1.1 200 OK|Transfer-Encoding: chunked||7|0||hi|2|||0||", 200, "0||hi|" },
        { "HTTP/1.1 204 No Content||", 204, "" },
        { "HTTP/1.1 204 No Content|Content-Length: 5||", 204, "" },
        { "HTTP/1.1 304 Not Modified|Transfer-Encoding: chunked||", 304, "" },
        { "HTTP/1.1 100 Continue||HTTP/1.1 200 OK|Content-Length: 2||ok", 200, "ok" },
        { "HTTP/1.1 103 Early Hints|Content-Length: 9||HTTP/1.1 100||HTTP/1.1 202 Accepted|Transfer-Encoding: chunked||2|ok|0||", 202, "ok" },
    };

    /// <summary>Responses that end where the connection does.</summary>
    public static TheoryData<string, int, string> CloseDelimited => new()
    {
        { "HTTP/1.1 200 OK||hello", 200, "hello" },
        { "HTTP/1.1 200 OK||", 200, "" },
        { "HTTP/1.0 502 Bad Gateway|Server: s||a||b|", 502, "a||b|" },
        { "HTTP/1.1 100 Continue||HTTP/1.1 200 OK||hello", 200, "hello" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Delimited))]
    public async Task A_response_is_complete_with_its_last_byte_wherever_it_is_split_in_two(string response, int status, string body)
    {
        foreach (var pieces in SplitInTwo(Bytes(response)))
            await AssertReadsAsync(new(new PieceStream(pieces, closed: false), MaxBody), status, body);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Delimited))]
    public async Task A_response_is_complete_with_its_last_byte_when_bytes_come_one_by_one(string response, int status, string body) =>
        await AssertReadsAsync(new(new PieceStream(OneByOne(Bytes(response)), closed: false), MaxBody), status, body);

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(CloseDelimited))]
    public async Task A_response_without_length_ends_with_the_connection_wherever_it_is_split_in_two(string response, int status, string body)
    {
        foreach (var pieces in SplitInTwo(Bytes(response)))
            await AssertReadsAsync(new(new PieceStream(pieces, closed: true), MaxBody), status, body);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(CloseDelimited))]
    public async Task A_response_without_length_ends_with_the_connection_when_bytes_come_one_by_one(string response, int status, string body) =>
        await AssertReadsAsync(new(new PieceStream(OneByOne(Bytes(response)), closed: true), MaxBody), status, body);

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Delimited))]
    public async Task A_response_cut_off_anywhere_is_an_early_end(string response, int status, string body)
    {
        _ = (status, body);
        var bytes = Bytes(response);

        for (var length = 0; length < bytes.Length; length++)
        {
            var reader = Reader(bytes[..length]);

            await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(CloseDelimited))]
    public async Task A_response_without_length_cut_off_in_its_head_is_an_early_end(string response, int status, string body)
    {
        _ = status;
        var bytes = Bytes(response);

        for (var length = 0; length < bytes.Length - Bytes(body).Length; length++)
        {
            var reader = Reader(bytes[..length]);

            await Assert.ThrowsAsync<EndOfStreamException>(async () => await reader.ReadAsync());
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_body_longer_than_the_buffer_does_not_cost_the_connection()
    {
        var reader = new ResponseReader(
            new PieceStream([Bytes($"HTTP/1.1 200 OK|Content-Length: 50000||{new string('x', 50_000)}")], closed: false), MaxBody);

        Assert.True((await reader.ReadAsync()).KeepAlive);
    }

    [Fact(Timeout = 30_000)]
    public async Task Responses_that_arrive_in_one_piece_are_read_one_after_the_other()
    {
        var reader = new ResponseReader(new PieceStream([AllDelimited()], closed: false), MaxBody);

        await AssertReadsAllAsync(reader);
    }

    [Fact(Timeout = 30_000)]
    public async Task Responses_that_arrive_byte_by_byte_are_read_one_after_the_other()
    {
        var reader = new ResponseReader(new PieceStream(OneByOne(AllDelimited()), closed: false), MaxBody);

        await AssertReadsAllAsync(reader);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task A_response_larger_than_the_first_buffer_is_read_with_its_head(int pieceLength)
    {
        var body = new string('x', 100_000) + "end";
        var chunks = string.Concat(body.Chunk(777).Select(chunk => $"{chunk.Length:x}|{new string(chunk)}|"));
        string[] responses =
        [
            $"HTTP/1.1 200 OK|Name: 1|Content-Length: {body.Length}||{body}",
            $"HTTP/1.1 200 OK|Name: 2|Transfer-Encoding: chunked||{chunks}0||",
            $"HTTP/1.1 200 OK|Name: 3|Large: {new string('y', 60_000)}|Content-Length: {body.Length}||{body}",
            $"HTTP/1.1 200 OK|Name: 4||{body}",
        ];
        var bytes = Bytes(string.Concat(responses));
        var reader = new ResponseReader(new PieceStream(bytes.Chunk(pieceLength), closed: true), MaxBody);

        for (var i = 1; i <= responses.Length; i++)
        {
            var response = await reader.ReadAsync();

            Assert.Equal(body, Encoding.UTF8.GetString(response.Body.Span));
            Assert.Equal($"{i}", response.Header("Name"u8));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_is_drained_when_nothing_follows_the_response()
    {
        var reader = new ResponseReader(
            new PieceStream([Bytes("HTTP/1.1 204 No Content||HTTP/1.1 200 OK|Content-Length: 2||ok")], closed: false), MaxBody);

        await reader.ReadAsync();
        var afterFirst = reader.IsDrained;
        await reader.ReadAsync();
        var afterSecond = reader.IsDrained;

        Assert.False(afterFirst);
        Assert.True(afterSecond);
    }

    private static byte[] AllDelimited() => [.. Delimited.SelectMany(row => Bytes(row.Data.Item1))];

    private static async Task AssertReadsAllAsync(ResponseReader reader)
    {
        foreach (var (_, status, body) in Delimited.Select(row => row.Data)) await AssertReadsAsync(reader, status, body);
    }

    private static IEnumerable<byte[][]> SplitInTwo(byte[] bytes) =>
        Enumerable.Range(0, bytes.Length + 1).Select(cut => (byte[][])[bytes[..cut], bytes[cut..]]);
}
