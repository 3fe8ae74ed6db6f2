using System.Buffers.Text;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>
/// Reads HTTP/1.1 responses (RFC 9112) from a stream into one buffer that grows to the largest of them and is used again.
/// </summary>
/// <param name="maxBody">Longest body taken, in bytes.</param>
internal sealed class ResponseReader(Stream stream, int maxBody)
{
    private const int MaxHead = 64 * 1024;

    private byte[] buffer = new byte[16 * 1024];

    /// <summary>How many bytes of the buffer have been received.</summary>
    private int received;

    /// <summary>Where in the buffer the next response begins.</summary>
    private int next;

    /// <summary>Nothing was received that is not part of the responses read so far.</summary>
    public bool IsDrained => next == received;

    /// <summary>The next response that is not an interim (1xx) one.</summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection before the response was complete.</exception>
    /// <exception cref="HttpFormatException">What came is not a response, or exceeds a limit.</exception>
    public async Task<Response> ReadAsync()
    {
        while (true)
        {
            MoveRestToFront();
            var headEnd = await ReadHeadAsync();
            var head = buffer.AsMemory(next, headEnd - next);
            var status = ParseStatus(head.Span);
            if (status is >= 100 and < 200)
            {
                next = headEnd + 2;
                continue;
            }

            // Where the body makes the buffer grow, the head stays in the old one.
            var (body, delimited) = await ReadBodyAsync(status, headEnd + 2);
            return new(status, head, buffer.AsMemory(body), delimited && StaysOpen(head.Span));
        }
    }

    private void MoveRestToFront()
    {
        buffer.AsSpan(next..received).CopyTo(buffer);
        received -= next;
        next = 0;
    }

    /// <summary>Reads up to the empty line and returns where that line begins.</summary>
    private async Task<int> ReadHeadAsync()
    {
        var start = next;
        while (true)
        {
            var end = buffer.AsSpan(start..Math.Min(received, next + MaxHead)).IndexOf("\r\n\r\n"u8);
            if (end >= 0) return start + end + 2;
            if (received - next >= MaxHead) throw new HttpFormatException($"The head of the response is longer than {MaxHead} bytes.");

            // The last three bytes may begin the empty line.
            start = Math.Max(next, received - 3);
            await ReceiveAsync(received + 1);
        }
    }

    private static int ParseStatus(ReadOnlySpan<byte> head)
    {
        // HTTP/1.1 200 OK
        var valid = head.Length >= 12 && head.StartsWith("HTTP/1."u8) && head[8] == ' '
            && (head.Length == 12 || head[12] is (byte)' ' or (byte)'\r');
        if (valid && Utf8Parser.TryParse(head[9..12], out int status, out var digits) && digits == 3 && status >= 100) return status;

        throw new HttpFormatException("The response does not begin with an HTTP/1.1 status line.");
    }

    private static bool StaysOpen(ReadOnlySpan<byte> head)
    {
        if (!HeaderBlock.TryFind(head, "connection"u8, out var connection)) return head.StartsWith("HTTP/1.1"u8);

        return !Ascii.EqualsIgnoreCase(connection, "close"u8);
    }

    /// <summary>Returns where the body lies, and whether the response itself says where it ends.</summary>
    private async Task<(Range Body, bool Delimited)> ReadBodyAsync(int status, int start)
    {
        var head = buffer.AsSpan(next..start);
        if (status is 204 or 304)
        {
            next = start;
            return (start..start, true);
        }

        if (HeaderBlock.TryFind(head, "transfer-encoding"u8, out var coding))
        {
            if (!Ascii.EqualsIgnoreCase(coding, "chunked"u8))
                throw new HttpFormatException("The transfer coding of the response is not chunked.");

            return (await ReadChunksAsync(start), true);
        }

        if (HeaderBlock.TryFind(head, "content-length"u8, out var text))
        {
            if (!Utf8Parser.TryParse(text, out uint length, out var digits) || digits != text.Length)
                throw new HttpFormatException("The Content-Length of the response is not a number.");

            RefuseOver(maxBody, length);
            await ReceiveAsync(start + (int)length);
            next = start + (int)length;
            return (start..next, true);
        }

        next = await ReadToEndAsync(start);
        return (start..next, false);
    }

    /// <summary>Decodes the chunks in place, so that the body lies in one piece.</summary>
    private async Task<Range> ReadChunksAsync(int start)
    {
        var bodyEnd = start;
        var position = start;
        while (true)
        {
            var sizeEnd = await ReadLineAsync(position);
            var size = ParseChunkSize(buffer.AsSpan(position..sizeEnd));
            position = sizeEnd + 2;
            if (size == 0) break;

            RefuseOver(maxBody, bodyEnd - start + (long)size);
            var chunkEnd = position + (int)size;
            await ReceiveAsync(chunkEnd + 2);
            if (!buffer.AsSpan(chunkEnd, 2).SequenceEqual("\r\n"u8))
                throw new HttpFormatException("A chunk of the response is longer than its size says.");

            buffer.AsSpan(position..chunkEnd).CopyTo(buffer.AsSpan(bodyEnd));
            bodyEnd += (int)size;
            position = chunkEnd + 2;
        }

        next = await SkipTrailersAsync(position);
        return start..bodyEnd;
    }

    /// <summary>Returns what follows the empty line that ends the trailers.</summary>
    private async Task<int> SkipTrailersAsync(int start)
    {
        var limit = start + MaxHead;
        while (true)
        {
            var lineEnd = await ReadLineAsync(start);
            if (lineEnd == start) return lineEnd + 2;
            if (lineEnd > limit) throw new HttpFormatException($"The trailers of the response are longer than {MaxHead} bytes.");

            start = lineEnd + 2;
        }
    }

    private static uint ParseChunkSize(ReadOnlySpan<byte> line)
    {
        // Extensions follow a semicolon and mean nothing to us.
        var extension = line.IndexOf((byte)';');
        var size = HeaderBlock.Trim(extension < 0 ? line : line[..extension]);
        if (Utf8Parser.TryParse(size, out uint value, out var digits, 'x') && digits == size.Length) return value;

        throw new HttpFormatException("A chunk size of the response is not a hexadecimal number.");
    }

    /// <summary>Reads a line and returns where its CRLF begins.</summary>
    private async Task<int> ReadLineAsync(int start)
    {
        while (true)
        {
            var end = buffer.AsSpan(start..Math.Min(received, start + MaxHead)).IndexOf("\r\n"u8);
            if (end >= 0) return start + end;
            if (received - start >= MaxHead) throw new HttpFormatException($"A line of the response is longer than {MaxHead} bytes.");

            await ReceiveAsync(received + 1);
        }
    }

    private async Task<int> ReadToEndAsync(int start)
    {
        do RefuseOver(maxBody, received - start);
        while (await ReceiveSomeAsync());

        return received;
    }

    /// <summary>Receives until the buffer holds at least that many bytes.</summary>
    private async Task ReceiveAsync(int total)
    {
        EnsureCapacity(total);
        while (received < total)
        {
            if (!await ReceiveSomeAsync())
                throw new EndOfStreamException("The connection was closed before the response was complete.");
        }
    }

    private async Task<bool> ReceiveSomeAsync()
    {
        EnsureCapacity(received + 1);
        var count = await stream.ReadAsync(buffer.AsMemory(received));
        received += count;
        return count > 0;
    }

    private void EnsureCapacity(int total)
    {
        if (total > buffer.Length) Array.Resize(ref buffer, Math.Max(total, buffer.Length * 2));
    }

    private static void RefuseOver(int limit, long length)
    {
        if (length > limit) throw new HttpFormatException($"The body of the response is longer than {limit} bytes.");
    }
}
