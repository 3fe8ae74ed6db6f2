using System.Text;
using CsCheck;
using SqsAotLambda.Http;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Bodies are written with a bar for each CRLF.</summary>
public sealed class FramingTests
{
    private const int MaxBody = 10 * 1024 * 1024;

    private const string Chunked = "Transfer-Encoding: chunked|", ToTheEnd = "";

    /// <summary>In bytes, of what is received at once; they come round again until all is received.</summary>
    private static readonly Gen<int[]> Pieces = Gen.Int[1, 11].Array[1, 8];

    [Fact]
    public void A_frame_is_the_same_in_whatever_pieces_its_bytes_come() => Property.Holds(
        Gen.Select(Sent.Any, Damage.Any, Pieces, Gen.Bool, Gen.Frequency((3, Gen.Const(MaxBody)), (1, Gen.Int[0, 39]))),
        runs: 20_000,
        input =>
        {
            var (sent, damage, pieces, isClosed, maxBody) = input;
            var bytes = damage.Of(sent.Bytes);

            var whole = Feed(sent.Head, bytes, [bytes.Length], isClosed, maxBody);
            var inPieces = Feed(sent.Head, bytes, Lengths(pieces, bytes.Length), isClosed, maxBody);

            Assert.Equal(whole, inPieces);
        },
        input => $"{input.Item1}, damaged {Shown.Bytes(input.Item2.Of(input.Item1.Bytes))}, {InPieces(input.Item3)}, "
            + $"{(input.Item4 ? "closed" : "open")}, at most {input.Item5} bytes");

    [Fact]
    public void What_is_sent_is_the_body_and_what_follows_is_not_consumed() => Property.Holds(
        Gen.Select(Sent.Any, Pieces, Gen.Int[0, 2]),
        runs: 20_000,
        input =>
        {
            var (sent, pieces, more) = input;
            var follows = sent.IsDelimited ? more : 0;

            var result = Feed(
                sent.Head,
                [.. sent.Bytes, .. "HT"u8[..follows]],
                Lengths(pieces, sent.Bytes.Length + follows),
                isClosed: !sent.IsDelimited,
                MaxBody);

            Assert.Equal(new Result(sent.Bytes.Length, sent.Body, IsWhole: true, Refusal: null), result);
        },
        input => $"{input.Item1}, {InPieces(input.Item2)}, {input.Item3} bytes follow");

    [Fact]
    public void A_body_is_not_whole_before_its_last_byte() => Property.Holds(Sent.Any, runs: 2_000, sent =>
    {
        for (var length = 0; length < sent.Bytes.Length; length++)
        {
            var result = Feed(sent.Head, sent.Bytes[..length], [length], isClosed: sent.IsDelimited, MaxBody);

            Assert.True(result is { IsWhole: false, Refusal: null }, $"the first {length} bytes: {result}");
            Assert.StartsWith(result.Body, sent.Body, StringComparison.Ordinal);
        }
    });

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
            // The trailer is whole now, and is looked at.
            if (received == bytes.Length - 2) bytes.AsSpan(began..^4).Fill((byte)'x');
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
        var wholes = 0;

        var allocated = Allocated.By(() => 1_000, runs =>
        {
            wholes = 0;
            for (var run = 0; run < runs; run++)
            {
                chunks.CopyTo(buffer);
                if (Framing.Read(default, sized, buffer, isClosed: false, MaxBody).IsWhole) wholes++;
                if (Framing.Read(default, chunked, buffer, isClosed: false, MaxBody).IsWhole) wholes++;
            }
        });

        Assert.Equal((0, 2_000), (allocated, wholes));
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

    /// <summary>Lengths that grow by these pieces up to a whole.</summary>
    private static IEnumerable<int> Lengths(int[] pieces, int length)
    {
        for (int received = 0, next = 0; received < length; received += pieces[next++ % pieces.Length]) yield return received;

        yield return length;
    }

    private static string InPieces(int[] pieces) => $"in pieces of {string.Join(", ", pieces)}";

    private static ResponseHead Head(string headers, string status = "200 OK") => ResponseHead.Parse(Bytes($"HTTP/1.1 {status}|{headers}"));

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text.Replace("|", "\r\n", StringComparison.Ordinal));

    private sealed record Result(int Consumed, string Body, bool IsWhole, string? Refusal);

    /// <summary>What a server sends: a head, the bytes behind it, and the body that it means.</summary>
    private sealed record Sent(string Headers, byte[] Bytes, string Body)
    {
        public ResponseHead Head => Head(Headers);

        public bool IsDelimited => Headers != ToTheEnd;

        public static Gen<Sent> Any { get; } = Gen.Select(Gen.Int[0, 3], Chunk.Any.Array[0, 6], Chunk.Any, Trailers, (kind, chunks, last, trailers) =>
        {
            var body = string.Concat(chunks.Select(chunk => chunk.Text));
            return kind switch
            {
                0 => Of($"Content-Length: {body.Length}|", body, body),
                1 => Of(ToTheEnd, body, body),
                _ => Of(Chunked, InChunks([.. chunks, last with { Text = "" }], trailers), body),
            };
        });

        public override string ToString() => $"{Shown.Text(Headers)} with {Shown.Bytes(Bytes)}";

        private static Sent Of(string headers, string bytes, string body) => new(headers, Encoding.Latin1.GetBytes(bytes), body);

        private static Gen<string[]> Trailers => Gen.Int[0, int.MaxValue].Select(value => $"T: {value}\r\n").Array[0, 2];

        private static string InChunks(Chunk[] chunks, string[] trailers) =>
            $"{string.Concat(chunks.Select(chunk => chunk.Line + chunk.Text + (chunk.Text == "" ? "" : "\r\n")))}{string.Concat(trailers)}\r\n";
    }

    /// <param name="Text">With much that looks like framing.</param>
    /// <param name="Extension">Empty: none.</param>
    private sealed record Chunk(string Text, int Zeros, string Extension)
    {
        public static Gen<Chunk> Any { get; } = Gen.Select(
            Gen.String[Gen.Char["ax05;\r\n"], 1, 17],
            Gen.Int[0, 2],
            Gen.Frequency((2, Gen.Const("")), (1, Gen.Int[0, 9999].Select(value => $" ;a={value}"))),
            (text, zeros, extension) => new Chunk(text, zeros, extension));

        public string Line => $"{new string('0', Zeros)}{Text.Length:x}{Extension}\r\n";
    }

    /// <summary>Most often bytes are cut, or one is another.</summary>
    private sealed record Damage(bool HasByte, int At, byte Byte, bool IsCut)
    {
        public static Gen<Damage> Any { get; } = Gen.Select(
            Gen.Bool,
            Gen.Int[0, 9999],
            Gen.OneOf("\r\n0;x"u8.ToArray()),
            Gen.Bool,
            (hasByte, at, value, isCut) => new Damage(hasByte, at, value, isCut));

        public byte[] Of(byte[] sent)
        {
            var bytes = sent.ToArray();
            if (HasByte && bytes.Length > 0) bytes[At % bytes.Length] = Byte;
            return IsCut ? bytes[..(At / 7 % (bytes.Length + 1))] : [.. bytes, .. "HTTP"u8];
        }
    }
}
