using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Tests.Http;

/// <summary>Bodies are written with a bar for each CRLF.</summary>
public sealed class FramingTests
{
    private const int MaxBody = 10 * 1024 * 1024;

    private const string Chunked = "Transfer-Encoding: chunked|", ToTheEnd = "";

    [Fact]
    public void A_frame_is_the_same_in_whatever_pieces_its_bytes_come()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var sent = Sent.Any(random);
            var bytes = sent.Broken(random);
            var (isClosed, maxBody) = (random.Next(2) == 0, random.Next(4) == 0 ? random.Next(40) : MaxBody);

            var whole = Feed(sent.Head, bytes, [bytes.Length], isClosed, maxBody);
            var inPieces = Feed(sent.Head, bytes, Pieces(random, bytes.Length), isClosed, maxBody);

            Assert.True(whole == inPieces, $"Seed {seed}, {sent}: whole {whole}, in pieces {inPieces}.");
        }
    }

    [Fact]
    public void What_is_sent_is_the_body_and_what_follows_is_not_consumed()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var sent = Sent.Any(random);
            var follows = sent.IsDelimited ? random.Next(3) : 0;

            var result = Feed(
                sent.Head, [.. sent.Bytes, .. "HT"u8[..follows]], Pieces(random, sent.Bytes.Length + follows), isClosed: !sent.IsDelimited, MaxBody);

            Assert.True(result == new Result(sent.Bytes.Length, sent.Body, IsWhole: true, Refusal: null), $"Seed {seed}, {sent}: {result}.");
        }
    }

    [Fact]
    public void A_body_is_not_whole_before_its_last_byte()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var sent = Sent.Any(random);
            for (var length = 0; length < sent.Bytes.Length; length++)
            {
                var result = Feed(sent.Head, sent.Bytes[..length], [length], isClosed: sent.IsDelimited, MaxBody);

                Assert.True(result is { IsWhole: false, Refusal: null }, $"Seed {seed}, {sent}, the first {length} bytes: {result}.");
                Assert.StartsWith(result.Body, sent.Body, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("204 No Content", "Content-Length: 5|")]
    [InlineData("304 Not Modified", Chunked)]
    [InlineData("204 No Content", ToTheEnd)]
    public void A_status_without_body_consumes_nothing(string status, string headers)
    {
        var result = Feed(Head(headers, status), Bytes("5|hello|0||"), [11], isClosed: false, MaxBody);

        Assert.Equal(new Result(0, "", IsWhole: true, Refusal: null), result);
    }

    /// <summary>What a failing endpoint has said so far is shown.</summary>
    [Theory]
    [InlineData("Content-Length: 11|", "hello", "")]
    [InlineData(Chunked, "5|hello|6|", "hello")]
    [InlineData(Chunked, "5|hello|x|", "hello")]
    [InlineData(ToTheEnd, "hello world", "hello worl")]
    public void A_body_that_is_refused_holds_what_came_before(string headers, string bytes, string body)
    {
        var result = Feed(Head(headers), Bytes(bytes), [Bytes(bytes).Length], isClosed: false, maxBody: 10);

        Assert.Equal((false, body), (result.IsWhole, result.Body));
        Assert.NotNull(result.Refusal);
    }

    /// <summary>What has been searched for the end of a line is overwritten by one: who looked again would see it.</summary>
    [Theory]
    [InlineData("0|Trailer: ")]
    [InlineData("5|hello|0|A: b|Trailer: ")]
    public void A_trailer_that_comes_in_single_bytes_is_searched_once(string start)
    {
        var (head, began) = (Head(Chunked), Bytes(start).Length);
        byte[] bytes = [.. Bytes(start), .. Enumerable.Repeat((byte)'x', 2_000), .. "\r\n\r\n"u8];
        var frame = default(Frame);

        for (var received = began; received < bytes.Length; received++)
        {
            frame = Framing.Read(frame, head, bytes.AsSpan(..received), isClosed: false, MaxBody);
            Assert.False(frame.IsWhole);
            // Only the last byte may be half of a line's end.
            if (received - 3 >= began && frame.Consumed < received - 3) "\r\n"u8.CopyTo(bytes.AsSpan(received - 3));
        }

        Assert.True(Framing.Read(frame, head, bytes, isClosed: false, MaxBody).IsWhole);
    }

    /// <summary>Work that grows with the square of a length would take minutes.</summary>
    [Theory(Timeout = 30_000)]
    [InlineData("Content-Length: 3000000|", "", "x", "")]
    [InlineData(ToTheEnd, "", "x", "")]
    [InlineData(Chunked, "2dc6c0|", "x", "|0||")]
    [InlineData(Chunked, "", "1|x|", "0||")]
    public async Task A_body_in_single_bytes_takes_linear_work(string headers, string start, string repeated, string end)
    {
        const int Length = 3_000_000;
        var bytes = Bytes(start + string.Concat(Enumerable.Repeat(repeated, repeated == "x" ? Length : Length / 6)) + end);

        var result = await Task.Run(
            () => Feed(Head(headers), bytes, Enumerable.Range(1, bytes.Length), isClosed: headers == ToTheEnd, MaxBody),
            TestContext.Current.CancellationToken);

        Assert.True(result.IsWhole);
        Assert.Equal(bytes.Length, result.Consumed);
    }

    [Fact]
    public void A_body_that_came_with_its_head_allocates_nothing()
    {
        var (sized, chunked, chunks, buffer) = (Head("Content-Length: 5|"), Head(Chunked), Bytes("2|he|3|llo|0||"), new byte[100]);
        var (wholes, before) = (0, GC.GetAllocatedBytesForCurrentThread());

        for (var run = 0; run < 1_000; run++)
        {
            chunks.CopyTo(buffer);
            if (Framing.Read(default, sized, buffer, isClosed: false, MaxBody).IsWhole) wholes++;
            if (Framing.Read(default, chunked, buffer, isClosed: false, MaxBody).IsWhole) wholes++;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2_000, wholes);
    }

    /// <summary>As a reader does it: the same memory, of which more and more is received.</summary>
    /// <param name="received">How much, at each call.</param>
    private static Result Feed(ResponseHead head, byte[] bytes, IEnumerable<int> received, bool isClosed, int maxBody)
    {
        var buffer = bytes.ToArray();
        var frame = default(Frame);
        foreach (var count in received)
        {
            frame = Framing.Read(frame, head, buffer.AsSpan(..count), isClosed: false, maxBody);
            if (frame.IsWhole || frame.Refusal is not null) break;
        }

        if (isClosed && frame is { IsWhole: false, Refusal: null }) frame = Framing.Read(frame, head, buffer, isClosed: true, maxBody);
        return new(frame.Consumed, Encoding.Latin1.GetString(buffer, 0, frame.Body), frame.IsWhole, frame.Refusal);
    }

    /// <summary>Lengths that grow by random pieces up to a whole.</summary>
    private static IEnumerable<int> Pieces(Random random, int length)
    {
        var most = random.Next(1, 12);
        for (var received = 0; received < length; received += random.Next(1, most + 1)) yield return received;

        yield return length;
    }

    private static ResponseHead Head(string headers, string status = "200 OK") => ResponseHead.Parse(Bytes($"HTTP/1.1 {status}|{headers}"));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));

    private sealed record Result(int Consumed, string Body, bool IsWhole, string? Refusal);

    /// <summary>What a server sends: a head, the bytes behind it, and the body that it means.</summary>
    private sealed record Sent(string Headers, byte[] Bytes, string Body)
    {
        public ResponseHead Head => Head(Headers);

        public bool IsDelimited => Headers != ToTheEnd;

        public static Sent Any(Random random)
        {
            var body = Text(random, random.Next(40));
            return random.Next(4) switch
            {
                0 => Of($"Content-Length: {body.Length}|", body, body),
                1 => Of(ToTheEnd, body, body),
                _ => Of(Chunked, Chunks(random, body), body),
            };
        }

        /// <summary>Most often cut, or with a byte that is another.</summary>
        public byte[] Broken(Random random)
        {
            var bytes = Bytes.ToArray();
            if (bytes.Length > 0 && random.Next(2) == 0) bytes[random.Next(bytes.Length)] = "\r\n0;x"u8[random.Next(5)];
            return random.Next(2) == 0 ? bytes[..random.Next(bytes.Length + 1)] : [.. bytes, .. "HTTP"u8];
        }

        public override string ToString() => $"\"{Headers}|{Encoding.Latin1.GetString(Bytes)}\"";

        private static Sent Of(string headers, string bytes, string body) => new(headers, Encoding.Latin1.GetBytes(bytes), body);

        private static string Chunks(Random random, string body)
        {
            var all = new StringBuilder();
            for (int at = 0, size; at < body.Length; at += size)
            {
                size = random.Next(1, Math.Min(body.Length - at, 17) + 1);
                all.Append($"{Zeros(random)}{size:x}{Extension(random)}\r\n{body.AsSpan(at, size)}\r\n");
            }

            all.Append($"{Zeros(random)}0{Extension(random)}\r\n");
            for (var trailers = random.Next(3); trailers > 0; trailers--) all.Append($"T: {random.Next()}\r\n");
            return all.Append("\r\n").ToString();
        }

        private static string Zeros(Random random) => new('0', random.Next(3));

        private static string Extension(Random random) => random.Next(3) == 0 ? $" ;a={random.Next()}" : "";

        /// <summary>With much that looks like framing.</summary>
        private static string Text(Random random, int length) => new([.. Enumerable.Range(0, length).Select(_ => "\r\n05;ax"[random.Next(7)])]);
    }
}
