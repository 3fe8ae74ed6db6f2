using System.Buffers.Text;

namespace SqsAotLambda.Http;

/// <summary>
/// Says where a body ends (RFC 9112, sections 6 and 7), as a function of the bytes behind its head: it reads nothing and keeps nothing, and in
/// whatever pieces the bytes come, the frame is the same.
/// </summary>
internal static class Framing
{
    /// <summary>Of a chunk's size with its extensions, which mean nothing to us. In bytes.</summary>
    private const int MaxChunkLine = 1024;

    /// <summary>Of a chunk's size alone, in digits.</summary>
    private const int MaxChunkSize = 8;

    /// <summary>In bytes, of all trailers, and of all chunk extensions.</summary>
    private const int MaxLines = ResponseHead.MaxLength;

    /// <summary>Goes on with a body by what has been received since. No byte is looked at again and again, however many calls there are.</summary>
    /// <param name="soFar">What the last call returned; default for the first.</param>
    /// <param name="bytes">All that was received behind the head. Chunks are decoded in place, so that the body lies in one piece.</param>
    /// <param name="isClosed">Nothing more comes.</param>
    /// <param name="maxBody">Longest body taken, in bytes.</param>
    public static Frame Read(Frame soFar, in ResponseHead head, Span<byte> bytes, bool isClosed, int maxBody)
    {
        if (head.Doubt is { } doubt) return Refuse(default, doubt);
        if (!head.HasBody) return new() { IsWhole = true };
        if (head.IsChunked) return ReadChunks(soFar, bytes, maxBody);

        return head.Length is { } length ? ReadLength(length, bytes.Length, maxBody) : ReadToEnd(bytes.Length, isClosed, maxBody);
    }

    private static Frame ReadLength(int length, int received, int maxBody)
    {
        if (length > maxBody) return Refuse(default, TooLong(maxBody));

        var taken = Math.Min(length, received);
        return new() { Consumed = taken, Body = taken, Needed = length, IsWhole = taken == length };
    }

    private static Frame ReadToEnd(int received, bool isClosed, int maxBody)
    {
        var taken = Math.Min(received, maxBody);
        var frame = new Frame { Consumed = taken, Body = taken, Needed = received + 1 };
        return received > maxBody ? Refuse(frame, TooLong(maxBody)) : frame with { IsWhole = isClosed };
    }

    private static Frame ReadChunks(Frame frame, Span<byte> bytes, int maxBody)
    {
        while (!frame.IsWhole && frame.Refusal is null)
        {
            var next = frame.Part switch
            {
                ChunkPart.Size => ReadSize(frame, bytes, maxBody),
                ChunkPart.Data => ReadData(frame, bytes),
                _ => ReadTrailer(frame, bytes),
            };
            // Nothing was taken: more has to be received, or the rest is refused.
            if (next.Consumed == frame.Consumed) return next;

            frame = next;
        }

        return frame;
    }

    private static Frame ReadSize(Frame frame, ReadOnlySpan<byte> bytes, int maxBody)
    {
        var end = LineEnd(frame, bytes, MaxChunkLine);
        if (end < 0) return AwaitLineEnd(frame, bytes, MaxChunkLine);

        var extensions = frame.Extensions + Math.Max(0, end - frame.Consumed - MaxChunkSize);
        if (extensions > MaxLines) return Refuse(frame, $"The chunk extensions of the response are longer than {MaxLines} bytes.");
        if (ParseSize(bytes[frame.Consumed..end]) is not { } size)
            return Refuse(frame, "A chunk size of the response is not a hexadecimal number.");
        if (frame.Body + (long)size > maxBody) return Refuse(frame, TooLong(maxBody));

        return frame with
        {
            Consumed = end + 2,
            Part = size == 0 ? ChunkPart.Trailer : ChunkPart.Data,
            ChunkSize = (int)size,
            Extensions = extensions,
            TrailersAt = end + 2,
        };
    }

    private static Frame ReadData(Frame frame, Span<byte> bytes)
    {
        var end = frame.Consumed + frame.ChunkSize;
        if (bytes.Length < end + 2) return frame with { Needed = end + 2 };
        if (!bytes.Slice(end, 2).SequenceEqual("\r\n"u8)) return Refuse(frame, "A chunk of the response is longer than its size says.");

        bytes[frame.Consumed..end].CopyTo(bytes[frame.Body..]);
        return frame with { Consumed = end + 2, Body = frame.Body + frame.ChunkSize, Part = ChunkPart.Size };
    }

    /// <summary>Skips one trailer, or the empty line after them.</summary>
    private static Frame ReadTrailer(Frame frame, ReadOnlySpan<byte> bytes)
    {
        var end = LineEnd(frame, bytes, MaxLines);
        if (end < 0) return AwaitLineEnd(frame, bytes, MaxLines);

        var isEmpty = end == frame.Consumed;
        if (!isEmpty && end > frame.TrailersAt + MaxLines) return Refuse(frame, $"The trailers of the response are longer than {MaxLines} bytes.");
        if (HeaderBlock.HasControls(bytes[frame.Consumed..end])) return Refuse(frame, "A trailer of the response holds control characters.");

        return frame with { Consumed = end + 2, IsWhole = isEmpty };
    }

    /// <returns>Where the CRLF begins that ends the present line; negative: it is not among its first bytes.</returns>
    /// <param name="max">Of the line with its CRLF, in bytes.</param>
    private static int LineEnd(Frame frame, ReadOnlySpan<byte> bytes, int max)
    {
        // The last byte that was searched may be the CR.
        var start = Math.Max(frame.Consumed, frame.Searched - 1);
        var found = bytes[start..Math.Min(bytes.Length, frame.Consumed + max)].IndexOf("\r\n"u8);
        return found < 0 ? found : start + found;
    }

    private static Frame AwaitLineEnd(Frame frame, ReadOnlySpan<byte> bytes, int max) => bytes.Length - frame.Consumed >= max
        ? Refuse(frame, $"A line of the response is longer than {max} bytes.")
        : frame with { Searched = bytes.Length, Needed = bytes.Length + 1 };

    /// <returns>Null when it is no hexadecimal number, a longer one, or one that some readers end elsewhere.</returns>
    private static uint? ParseSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var size = (extension < 0 ? line : line[..extension]).TrimEnd(" \t"u8);
        if (size.Length > MaxChunkSize || HeaderBlock.HasControls(line)) return null;

        return Utf8Parser.TryParse(size, out uint value, out var digits, 'x') && digits == size.Length ? value : null;
    }

    private static Frame Refuse(Frame frame, string reason) => frame with { Refusal = reason };

    private static string TooLong(int maxBody) => $"The body of the response is longer than {maxBody} bytes.";
}

/// <summary>How far a body has come in the bytes behind its head, of which it is the first. Positions count from the end of the head.</summary>
internal readonly record struct Frame
{
    /// <summary>Where what belongs to the response ends, as far as that is known.</summary>
    public int Consumed { get; init; }

    /// <summary>The length of the body so far, in bytes; of chunks only whole ones count.</summary>
    public int Body { get; init; }

    public bool IsWhole { get; init; }

    /// <summary>So many bytes have to be there before the frame can go on.</summary>
    public int Needed { get; init; }

    /// <summary>Why the body is not taken any further; null: it is.</summary>
    public string? Refusal { get; init; }

    /// <summary>What begins where <see cref="Consumed"/> stands.</summary>
    public ChunkPart Part { get; init; }

    /// <summary>Of the present chunk, in bytes.</summary>
    public int ChunkSize { get; init; }

    /// <summary>Length of all chunk extensions so far, in bytes.</summary>
    public int Extensions { get; init; }

    /// <summary>Where the trailers begin.</summary>
    public int TrailersAt { get; init; }

    /// <summary>Up to here the present line has no end, so that it is searched once only.</summary>
    public int Searched { get; init; }
}

/// <summary>The parts of a chunked body.</summary>
internal enum ChunkPart { Size = 0, Data, Trailer }
