using System.Globalization;
using System.Text;

namespace SqsAotLambda.Benchmarks.Wire;

/// <summary>Reads the requests of one connection, and of each no more than has to be known.</summary>
/// <remarks>It trusts its peers: what is no HTTP/1.1 ends in a time-out or in an <see cref="InvalidDataException"/>.</remarks>
internal sealed class HttpReader(Stream stream)
{
    /// <summary>A head has to fit, and an answer that is looked into.</summary>
    private const int BufferBytes = 64 * 1024;

    private readonly byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;
    private int lineLength;
    private int headLength;

    /// <summary>The request line, until the next <see cref="TryRead"/>.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(0, lineLength);

    /// <summary>The body as far as it fits the buffer; of a chunked one with the frames of its chunks.</summary>
    public ReadOnlySpan<byte> Body => buffer.AsSpan(headLength, Math.Min(end, start) - headLength);

    /// <summary>Length of the body, without the frames of chunks.</summary>
    public long BodyLength { get; private set; }

    /// <summary>Waits for a request and reads all of it; false when the peer hung up.</summary>
    public bool TryRead()
    {
        // What came of the next request goes to the front.
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        int terminator;
        while ((terminator = buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!Fill()) return false;
        }
        headLength = terminator + 4;
        lineLength = buffer.AsSpan(0, headLength).IndexOf((byte)'\r');
        var head = buffer.AsSpan(lineLength, headLength - lineLength);
        return Field(head, "content-length"u8) is { IsEmpty: false } length
            ? TryReadBody(long.Parse(length, CultureInfo.InvariantCulture))
            : Field(head, "transfer-encoding"u8).IsEmpty ? TryReadBody(0) : TryReadChunks();
    }

    private bool TryReadBody(long length)
    {
        BodyLength = length;
        var rest = headLength + length - end;
        // What does not fit is counted and dropped.
        while (rest > 0)
        {
            if (end == buffer.Length) end = headLength;
            var read = stream.Read(buffer, end, (int)Math.Min(rest, buffer.Length - end));
            if (read == 0) return false;
            end += read;
            rest -= read;
        }
        start = length > buffer.Length - headLength ? end : headLength + (int)length;
        return true;
    }

    private bool TryReadChunks()
    {
        BodyLength = 0;
        var position = headLength;
        while (true)
        {
            int lineEnd;
            while ((lineEnd = buffer.AsSpan(position, end - position).IndexOf("\r\n"u8)) < 0)
            {
                if (!Fill()) return false;
            }
            var size = int.Parse(buffer.AsSpan(position, lineEnd), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            position += lineEnd + 2;
            if (size == 0) break;

            BodyLength += size;
            position += size + 2;
            while (end < position)
            {
                if (!Fill()) return false;
            }
        }
        return TrySkipTrailers(position);
    }

    private bool TrySkipTrailers(int position)
    {
        while (true)
        {
            var lineEnd = buffer.AsSpan(position, end - position).IndexOf("\r\n"u8);
            if (lineEnd < 0)
            {
                if (!Fill()) return false;
                continue;
            }
            position += lineEnd + 2;
            start = position;
            if (lineEnd == 0) return true;
        }
    }

    private bool Fill()
    {
        if (end == buffer.Length)
            throw new InvalidDataException($"A request is longer than {BufferBytes} bytes: {Encoding.Latin1.GetString(buffer.AsSpan(0, 100))}");

        var read = stream.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }

    /// <summary>Value of a header, empty when it is absent.</summary>
    /// <param name="name">In lower case.</param>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (head.IndexOf("\r\n"u8) is var lineEnd and >= 0)
        {
            head = head[(lineEnd + 2)..];
            if (head.Length > name.Length && head[name.Length] == ':' && Ascii.EqualsIgnoreCase(head[..name.Length], name))
                return head[(name.Length + 1)..head.IndexOf((byte)'\r')].Trim((byte)' ');
        }
        return default;
    }
}
