using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace SqsAotLambda.Http;

/// <summary>
/// Reads HTTP/1.1 responses (RFC 9112) from a stream into one buffer that grows to the largest of them and is used again.
/// </summary>
/// <param name="maxBody">Longest body taken, in bytes.</param>
internal sealed class ResponseReader(Stream stream, int maxBody)
{
    private const int MaxHead = 64 * 1024;

    /// <summary>Of a chunk's size with its extensions, which mean nothing to us.</summary>
    private const int MaxChunkLine = 1024;

    /// <summary>Of a chunk's size alone.</summary>
    private const int MaxChunkSize = 8;

    private const int MaxInterim = 16;

    /// <summary>Of the buffer at once, beyond what is needed.</summary>
    private const int MaxGrowth = 1024 * 1024;

    private byte[] buffer = new byte[16 * 1024];

    /// <summary>How many bytes of the buffer have been received.</summary>
    private int received;

    /// <summary>Where in the buffer the next response begins.</summary>
    private int next;

    /// <summary>Where the body of the present response lies, as far as it has been read.</summary>
    private Range body;

    /// <summary>The last read left no room in the buffer: TLS may hold what found none.</summary>
    private bool filled;

    /// <summary>Nothing was received that is not part of the responses read so far.</summary>
    public bool IsDrained => next == received && !filled;

    /// <summary>The body of the present response, as far as it has been read, without its chunks' sizes.</summary>
    public ReadOnlyMemory<byte> Body => buffer.AsMemory(body);

    /// <summary>The next response that is not an interim (1xx) one, with its body.</summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection before the response was complete.</exception>
    /// <exception cref="HttpFormatException">What came is not a response, or exceeds a limit.</exception>
    public async Task<Response> ReadAsync(CancellationToken deadline = default)
    {
        var head = await ReadHeadAsync(deadline);
        // Where the body makes the buffer grow, the head stays in the old one.
        var delimited = await ReadBodyAsync(head, deadline);
        return new(head, Body, delimited && head.KeepAlive);
    }

    /// <summary>The head of the next response that is not an interim (1xx) one; <see cref="ReadBodyAsync"/> comes after it.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseHead> ReadHeadAsync(CancellationToken deadline = default)
    {
        for (var interim = 0; interim < MaxInterim; interim++)
        {
            MoveRestToFront();
            int end, start = 0;
            while ((end = buffer.AsSpan(start..Math.Min(received, MaxHead)).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (received >= MaxHead) throw new HttpFormatException($"The head of the response is longer than {MaxHead} bytes.");

                // The last three bytes may begin the empty line.
                start = Math.Max(0, received - 3);
                EnsureCapacity(received + 1);
                var count = await stream.ReadAsync(buffer.AsMemory(received), deadline);
                if (count == 0) throw CutOff();
                received += count;
                filled = received == buffer.Length;
            }

            end += start + 2;
            var head = ResponseHead.Parse(buffer.AsMemory(0, end));
            next = end + 2;
            body = next..next;
            // 101 is an answer: nobody asked for another protocol.
            if (!head.IsInterim || head.Status == 101) return head;
        }

        throw new HttpFormatException($"There are more than {MaxInterim} interim responses.");
    }

    /// <summary>Takes the body that follows a head, when it has been received already and the response says where it ends.</summary>
    public bool TryTakeBody(ResponseHead head)
    {
        var length = head.Status is 204 or 304 ? 0 : head.IsChunked ? null : head.Length;
        if (length is null || length > maxBody || length > received - next) return false;

        body = next..(next + length.Value);
        next += length.Value;
        return true;
    }

    /// <summary>Reads the body that follows a head.</summary>
    /// <returns>Whether the response itself says where it ends.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<bool> ReadBodyAsync(ResponseHead head, CancellationToken deadline = default)
    {
        var start = next;
        if (head.Status is 204 or 304) return true;

        if (head.IsChunked)
        {
            await ReadChunksAsync(start, deadline);
        }
        else if (head.Length is { } length)
        {
            RefuseOver(maxBody, length);
            await ReceiveBodyAsync(start, length, deadline);
            next = start + length;
        }
        else
        {
            await ReadToEndAsync(start, deadline);
            next = received;
            return false;
        }

        return true;
    }

    private void MoveRestToFront()
    {
        buffer.AsSpan(next..received).CopyTo(buffer);
        received -= next;
        next = 0;
    }

    /// <summary>Decodes the chunks in place, so that the body lies in one piece.</summary>
    private async Task ReadChunksAsync(int start, CancellationToken deadline)
    {
        var (position, bodyEnd, extensions) = (start, start, 0);
        while (true)
        {
            var sizeEnd = await ReadLineAsync(position, MaxChunkLine, deadline);
            extensions += Math.Max(0, sizeEnd - position - MaxChunkSize);
            if (extensions > MaxHead) throw new HttpFormatException($"The chunk extensions of the response are longer than {MaxHead} bytes.");

            var size = ParseChunkSize(buffer.AsSpan(position..sizeEnd));
            position = sizeEnd + 2;
            if (size == 0) break;

            RefuseOver(maxBody, bodyEnd - start + (long)size);
            var chunkEnd = position + (int)size;
            await ReceiveAsync(chunkEnd + 2, deadline);
            if (!buffer.AsSpan(chunkEnd, 2).SequenceEqual("\r\n"u8))
                throw new HttpFormatException("A chunk of the response is longer than its size says.");

            buffer.AsSpan(position..chunkEnd).CopyTo(buffer.AsSpan(bodyEnd));
            bodyEnd += (int)size;
            body = start..bodyEnd;
            position = chunkEnd + 2;
        }

        next = await SkipTrailersAsync(position, deadline);
    }

    /// <summary>Returns what follows the empty line that ends the trailers.</summary>
    private async Task<int> SkipTrailersAsync(int start, CancellationToken deadline)
    {
        var limit = start + MaxHead;
        while (true)
        {
            var lineEnd = await ReadLineAsync(start, MaxHead, deadline);
            if (lineEnd == start) return lineEnd + 2;
            if (lineEnd > limit) throw new HttpFormatException($"The trailers of the response are longer than {MaxHead} bytes.");

            start = lineEnd + 2;
        }
    }

    private static uint ParseChunkSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var size = HeaderBlock.Trim(extension < 0 ? line : line[..extension]);
        if (size.Length <= MaxChunkSize && Utf8Parser.TryParse(size, out uint value, out var digits, 'x') && digits == size.Length
            && !line.Contains((byte)'\n'))
            return value;

        throw new HttpFormatException("A chunk size of the response is not a hexadecimal number.");
    }

    /// <summary>Reads a line and returns where its CRLF begins.</summary>
    private async Task<int> ReadLineAsync(int start, int max, CancellationToken deadline)
    {
        while (true)
        {
            var end = buffer.AsSpan(start..Math.Min(received, start + max)).IndexOf("\r\n"u8);
            if (end >= 0) return start + end;
            if (received - start >= max) throw new HttpFormatException($"A line of the response is longer than {max} bytes.");

            await ReceiveAsync(received + 1, deadline);
        }
    }

    private async Task ReadToEndAsync(int start, CancellationToken deadline)
    {
        do
        {
            body = start..received;
            RefuseOver(maxBody, received - start);
        }
        while (await ReceiveSomeAsync(deadline));
    }

    private async Task ReceiveBodyAsync(int start, int length, CancellationToken deadline)
    {
        // No more than is needed: the events of a function are as long again and again.
        if (start + length >= buffer.Length) Array.Resize(ref buffer, start + length + 1);
        while (true)
        {
            body = start..Math.Min(received, start + length);
            if (received - start >= length) return;

            await ReceiveAsync(received + 1, deadline);
        }
    }

    /// <summary>Receives until the buffer holds at least that many bytes.</summary>
    private async Task ReceiveAsync(int total, CancellationToken deadline)
    {
        EnsureCapacity(total + 1);
        while (received < total)
        {
            if (!await ReceiveSomeAsync(deadline))
                throw CutOff();
        }
    }

    private async Task<bool> ReceiveSomeAsync(CancellationToken deadline)
    {
        EnsureCapacity(received + 1);
        var count = await stream.ReadAsync(buffer.AsMemory(received), deadline);
        received += count;
        filled = received == buffer.Length;
        return count > 0;
    }

    private void EnsureCapacity(int total)
    {
        if (total > buffer.Length) Array.Resize(ref buffer, Math.Max(total, Math.Min(buffer.Length * 2, buffer.Length + MaxGrowth)));
    }

    private static EndOfStreamException CutOff() => new("The connection was closed before the response was complete.");

    private static void RefuseOver(int limit, long length)
    {
        if (length > limit) throw new HttpFormatException($"The body of the response is longer than {limit} bytes.");
    }
}
