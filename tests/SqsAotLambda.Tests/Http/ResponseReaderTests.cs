using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Responses are written with a bar for each CRLF.</summary>
public sealed class ResponseReaderTests
{
    private const int MaxBody = 1024 * 1024;

    private const int MaxHead = 64 * 1024;

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

    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 10||0123456789")]
    [InlineData("Transfer-Encoding: chunked||a|0123456789|0||")]
    [InlineData("Transfer-Encoding: chunked||5|01234|5|56789|0||")]
    [InlineData("Server: s||0123456789")]
    public async Task A_body_of_the_greatest_length_is_read(string headersAndBody)
    {
        var reader = new ResponseReader(new PieceStream([Bytes("HTTP/1.1 200 OK|" + headersAndBody)], closed: true), maxBody: 10);

        await AssertReadsAsync(reader, 200, "0123456789");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 11||")]
    [InlineData("Content-Length: 2147483647||")]
    [InlineData("Transfer-Encoding: chunked||b|")]
    [InlineData("Transfer-Encoding: chunked||ffffffff|")]
    [InlineData("Transfer-Encoding: chunked||5|01234|6|")]
    [InlineData("Transfer-Encoding: chunked||a|0123456789|1|")]
    [InlineData("Server: s||0123456789a")]
    [InlineData("Server: s||01234567890123456789")]
    public async Task A_longer_body_is_refused_as_soon_as_it_is_seen(string headersAndBody)
    {
        var reader = new ResponseReader(new PieceStream([Bytes("HTTP/1.1 200 OK|" + headersAndBody)], closed: false), maxBody: 10);

        var thrown = await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());

        Assert.Contains("10 bytes", thrown.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task A_head_over_its_limit_is_refused_whatever_the_pieces(int pieceLength)
    {
        var bytes = Bytes($"HTTP/1.1 200 OK|Large: {new string('x', MaxHead)}|Content-Length: 0||");
        var reader = new ResponseReader(new PieceStream(bytes.Chunk(pieceLength), closed: true), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked||5;")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked||5|hello|0|Trailer: ")]
    public async Task A_line_without_end_is_refused(string beginning)
    {
        var bytes = Bytes(beginning + new string('x', 4 * MaxHead));
        var reader = new ResponseReader(new PieceStream(bytes.Chunk(1000), closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Chunk_extensions_over_their_limit_are_refused()
    {
        var chunks = string.Concat(Enumerable.Repeat($"1;{new string('x', 1000)}|a|", (MaxHead / 1000) + 1));
        var reader = new ResponseReader(new PieceStream([Bytes($"HTTP/1.1 200 OK|Transfer-Encoding: chunked||{chunks}0||")], closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Trailers_without_end_are_refused()
    {
        var response = Bytes("HTTP/1.1 200 OK|Transfer-Encoding: chunked||0|");
        var pieces = Enumerable.Repeat(Bytes("Trailer: value|"), MaxHead / 10).Prepend(response);
        var reader = new ResponseReader(new PieceStream(pieces, closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());
    }

    [Fact(Timeout = 30_000)]
    public async Task Interim_responses_do_not_add_up_in_the_buffer()
    {
        const int Count = 15, Length = 60 * 1024;
        var interim = Bytes($"HTTP/1.1 103 Early Hints|Link: {new string('x', Length)}||");
        var pieces = Enumerable.Repeat(interim, Count).Append(Bytes("HTTP/1.1 200 OK|Content-Length: 2||ok"));
        var stream = new PieceStream(pieces, closed: false);

        // Nothing here waits, so all of it happens on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        await AssertReadsAsync(new(stream, MaxBody), 200, "ok");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, Count * Length / 2);
    }

    [Fact(Timeout = 30_000)]
    public async Task Interim_responses_without_end_are_refused()
    {
        var pieces = Enumerable.Repeat(Bytes("HTTP/1.1 100 Continue||"), 1000);
        var reader = new ResponseReader(new PieceStream(pieces, closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadAsync());
    }

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

    [Theory(Timeout = 30_000)]
    [InlineData("close, x")]
    [InlineData("x, Close")]
    [InlineData("keep-alive, close")]
    public async Task A_connection_that_is_to_close_among_others_is_not_kept(string options) =>
        Assert.False((await ReadAsync($"HTTP/1.1 200 OK|Connection: {options}|Content-Length: 2||ok")).KeepAlive);

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

    [Theory]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 2||ok")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|0||")]
    [InlineData("HTTP/1.1 204 No Content||")]
    public void A_response_that_comes_in_one_piece_is_there_at_once_and_allocates_nothing(string response)
    {
        const int Count = 1000;
        var reader = new ResponseReader(new PieceStream(Enumerable.Repeat(Bytes(response), Count + 1), closed: false), MaxBody);
        Assert.True(IsThereAtOnce(reader));
        var (there, before) = (0, GC.GetAllocatedBytesForCurrentThread());

        for (var i = 0; i < Count; i++) there += IsThereAtOnce(reader) ? 1 : 0;

        Assert.Equal((0, Count), (GC.GetAllocatedBytesForCurrentThread() - before, there));

        static bool IsThereAtOnce(ResponseReader reader)
        {
            var head = reader.ReadHeadAsync();
            return head.IsCompletedSuccessfully && reader.TryTake(head.Result, out var body) && body.KeepAlive;
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(30_000)]
    public async Task The_buffer_does_not_grow_with_the_number_of_responses(int pieceLength)
    {
        const int Count = 2000, Length = 8 * 1024;
        var response = Bytes($"HTTP/1.1 200 OK|Content-Length: {Length}||{new string('x', Length)}");
        var reader = new ResponseReader(new PieceStream(Endless(response, pieceLength), closed: false), MaxBody);
        for (var i = 0; i < 10; i++) await reader.ReadAsync();

        // Nothing here waits, so all of it happens on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++) await reader.ReadAsync();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A buffer that kept all of them would take their length at least.
        Assert.InRange(allocated, 0, Count * Length / 2);
    }

    private static ResponseReader Reader(byte[] bytes) => new(new PieceStream([bytes], closed: true), MaxBody);

    private static Task<Response> ReadAsync(string response) => Reader(Bytes(response)).ReadAsync();

    private static async Task AssertRefusedAsync(string response) =>
        await Assert.ThrowsAsync<HttpFormatException>(async () => await ReadAsync(response));

    private static async Task AssertReadsAsync(ResponseReader reader, int status, string body)
    {
        var response = await reader.ReadAsync();

        Assert.Equal(status, response.Status);
        Assert.Equal(Bytes(body), response.Body.ToArray());
    }

    private static byte[] AllDelimited() => [.. Delimited.SelectMany(row => Bytes(row.Data.Item1))];

    private static async Task AssertReadsAllAsync(ResponseReader reader)
    {
        foreach (var (_, status, body) in Delimited.Select(row => row.Data)) await AssertReadsAsync(reader, status, body);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));

    private static IEnumerable<byte[][]> SplitInTwo(byte[] bytes) =>
        Enumerable.Range(0, bytes.Length + 1).Select(cut => (byte[][])[bytes[..cut], bytes[cut..]]);

    private static IEnumerable<byte[]> OneByOne(byte[] bytes) => bytes.Select(each => (byte[])[each]);

    /// <summary>The same response again and again; with the end of one the beginning of the next is always received.</summary>
    private static IEnumerable<byte[]> Endless(byte[] response, int pieceLength)
    {
        const int Ahead = 7;
        byte[] rotated = [.. response[Ahead..], .. response[..Ahead]];
        byte[][] pieces = [.. Enumerable.Repeat(rotated, 10).SelectMany(each => each).Chunk(pieceLength)];
        yield return response[..Ahead];
        while (true)
        {
            foreach (var piece in pieces) yield return piece;
        }
    }
}
