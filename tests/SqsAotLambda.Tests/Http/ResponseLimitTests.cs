using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Http.ResponseText;

namespace SqsAotLambda.Tests.Http;

/// <summary>How long the parts of a response may be, and what reading it takes of memory.</summary>
public sealed class ResponseLimitTests
{
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

    /// <summary>The last line that is whole within the limit counts, and no part of the next.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData(1, 0)]
    [InlineData(1000, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(int.MaxValue, 1)]
    public async Task Of_a_head_over_its_limit_the_status_and_the_headers_up_to_there_are_taken(int pieceLength, int over)
    {
        const string Start = "HTTP/1.1 503 Busy|Retry-After: 7|Large: ", End = "|Last: 12|Content-Length: 0||";
        var large = new string('x', MaxHead + over - Bytes(Start + End).Length);
        var reader = new ResponseReader(new PieceStream(Bytes(Start + large + End).Chunk(pieceLength), closed: true), MaxBody);

        var head = await reader.ReadHeadAsync();

        Assert.Equal((503, "7", "12"), (head.Status, head.Header("Retry-After"u8), head.Header("Last"u8)));
        Assert.Equal((over == 0, over == 0 ? null : "The head of the response is longer than 65536 bytes."), (head.KeepAlive, head.Doubt));
        if (over > 0) await Assert.ThrowsAsync<HttpFormatException>(() => reader.TakeAsync(head));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_head_has_the_same_limit_in_a_buffer_that_has_grown()
    {
        var first = Bytes($"HTTP/1.1 200 OK|Content-Length: {2 * MaxHead}||{new string('x', 2 * MaxHead)}");
        var second = Bytes($"HTTP/1.1 202 Accepted|Content-Length: 0|Large: {new string('x', MaxHead)}||");
        var reader = new ResponseReader(new PieceStream([first, second], closed: false), MaxBody);
        await reader.ReadAsync();

        var head = await reader.ReadHeadAsync();

        Assert.Equal((202, "The head of the response is longer than 65536 bytes."), (head.Status, head.Doubt));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HTTP/1.1 200 ", 0, null)]
    [InlineData("HTTP/1.1 200|A: 12|B: ", 0, "12")]
    [InlineData("HTTP/1.1 200|B: ", 20, null)]
    public async Task Of_a_line_that_passes_the_limit_nothing_is_taken(string start, int left, string? value)
    {
        var bytes = Bytes($"{start}{new string('x', MaxHead - Bytes(start).Length - left)}|A: 345678901234567890");

        var head = await Reader(bytes).ReadHeadAsync();

        Assert.Equal((200, value), (head.Status, head.Header("A"u8)));
        Assert.NotNull(head.Doubt);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("HTTP/1.1 100 ")]
    [InlineData("HTTP/1.1 103 Early Hints|Link: ")]
    [InlineData("HTTP/1.1 100 Continue||HTTP/1.1 103 Early Hints|Link: ")]
    public async Task A_head_over_its_limit_without_a_final_status_is_refused(string start)
    {
        var bytes = Bytes(start + new string('x', 2 * MaxHead));
        var reader = new ResponseReader(new PieceStream(bytes.Chunk(1000), closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadHeadAsync());
    }

    [Theory(Timeout = 30_000)]
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
        const int Count = 60, Length = 1000;
        var interim = Bytes($"HTTP/1.1 103 Early Hints|Link: {new string('x', Length)}||");
        var pieces = Enumerable.Repeat(interim, Count).Append(Bytes("HTTP/1.1 200 OK|Content-Length: 2||ok"));
        var stream = new PieceStream(pieces, closed: false);

        // Nothing here waits, so all of it happens on this thread.
        var before = GC.GetAllocatedBytesForCurrentThread();
        await AssertReadsAsync(new(stream, MaxBody), 200, "ok");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, Count * Length / 2);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public async Task Interim_responses_are_bounded_by_their_bytes_and_not_by_their_number(int pieceLength)
    {
        const string Interim = "HTTP/1.1 102 Processing|A: ||";
        var most = (MaxHead / Bytes(Interim).Length) - 1;

        await AssertReadsAsync(After(most), 200, "ok");
        await Assert.ThrowsAsync<HttpFormatException>(async () => await After(most + 1).ReadHeadAsync());

        ResponseReader After(int count)
        {
            var bytes = Bytes(string.Concat(Enumerable.Repeat(Interim, count)) + "HTTP/1.1 200 OK|Content-Length: 2||ok");
            return new(new PieceStream(bytes.Chunk(pieceLength), closed: false), MaxBody);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Interim_responses_without_end_are_refused()
    {
        var pieces = Enumerable.Repeat(Bytes("HTTP/1.1 100 Continue||"), 3000);
        var reader = new ResponseReader(new PieceStream(pieces, closed: false), MaxBody);

        await Assert.ThrowsAsync<HttpFormatException>(async () => await reader.ReadHeadAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 2||ok")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked||2|ok|0||")]
    [InlineData("HTTP/1.1 204 No Content||")]
    public void A_response_that_comes_in_one_piece_is_there_at_once_and_allocates_nothing(string response)
    {
        const int Count = 1000;
        var there = 0;

        var allocated = Allocated.By(WarmReader, reader =>
        {
            there = 0;
            for (var i = 0; i < Count; i++) there += IsThereAtOnce(reader) ? 1 : 0;
        });

        Assert.Equal((0, Count), (allocated, there));

        ResponseReader WarmReader()
        {
            var reader = new ResponseReader(new PieceStream(Enumerable.Repeat(Bytes(response), Count + 1), closed: false), MaxBody);
            Assert.True(IsThereAtOnce(reader));
            return reader;
        }

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
