using System.Runtime.CompilerServices;
using SqsAotLambda.Io;

namespace SqsAotLambda.Http;

/// <summary>
/// Reads HTTP/1.1 responses (RFC 9112) into one buffer that grows to the largest of them and is used again.
/// </summary>
/// <param name="maxBody">Longest body taken, in bytes.</param>
internal sealed class ResponseReader(ITransport transport, int maxBody)
{
    /// <summary>In bytes. Interim responses before one have fewer, all together.</summary>
    private const int MaxInterim = ResponseHead.MaxLength;

    /// <summary>In bytes. Of the buffer at once, beyond what is needed.</summary>
    private const int MaxGrowth = 1024 * 1024;

    private byte[] buffer = new byte[16 * 1024];

    /// <summary>How many bytes of the buffer have been received.</summary>
    private int received;

    /// <summary>The last read left no room in the buffer: TLS may hold what found none.</summary>
    private bool filled;

    /// <summary>The peer sends nothing more.</summary>
    private bool isClosed;

    /// <summary>Where in the buffer the present head ends, and how far its body has come from there.</summary>
    private int bodyAt;
    private Frame frame;

    /// <summary>Nothing was received that is not part of the responses read so far.</summary>
    public bool IsDrained => !HasMore && !filled;

    /// <summary>More was received than the responses read so far.</summary>
    public bool HasMore => received > Next;

    /// <summary>In bytes, received from the beginning on.</summary>
    public long Taken { get; private set; }

    /// <summary>The body of the present response, as far as it has been read, without its chunks' sizes.</summary>
    public ReadOnlyMemory<byte> Body => buffer.AsMemory(bodyAt, frame.Body);

    /// <summary>Where in the buffer the next response begins.</summary>
    private int Next => bodyAt + frame.Consumed;

    /// <summary>
    /// The head of the next response that is not an interim (1xx) one. Its body is to be taken before the next head. What is odd in an interim
    /// response is odd in the one behind it.
    /// </summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection before the head was complete.</exception>
    /// <exception cref="HttpFormatException">What came has no sound status line, or no end of interim responses.</exception>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ResponseHead> ReadHeadAsync()
    {
        var (isOdd, doubt) = (false, default(string));
        for (var interim = 0; interim < MaxInterim; interim += bodyAt)
        {
            MoveRestToFront();
            int end, searched = 0;
            while ((end = FindEmptyLine(searched)) < 0 && received < ResponseHead.MaxLength)
            {
                searched = received;
                EnsureCapacity(received + 1);
                Add(await transport.ReadAsync(buffer.AsMemory(received)));
                if (isClosed) throw CutOff();
            }

            var head = end < 0 ? ParseLongHead() : ParseHead(end);
            if (!head.IsInterim) return isOdd ? head.ButOdd(doubt) : head;

            (isOdd, doubt) = (isOdd || head.IsOdd, doubt ?? head.Doubt);
        }

        throw new HttpFormatException($"The interim responses have {MaxInterim} bytes or more.");
    }

    /// <summary>Takes the body behind a head, when all of it has been received.</summary>
    public bool TryTake(in ResponseHead head, out Response response)
    {
        frame = Framing.Read(frame, head, buffer.AsSpan(bodyAt..received), isClosed, maxBody);
        response = frame.IsWhole ? new(head, Body, head.KeepAlive && IsDrained) : default;
        return frame.IsWhole;
    }

    /// <summary>Reads until the body behind a head is whole.</summary>
    /// <exception cref="EndOfStreamException">The peer closed the connection before that.</exception>
    /// <exception cref="HttpFormatException">The body is malformed, or exceeds a limit.</exception>
    public async Task<Response> TakeAsync(ResponseHead head)
    {
        Response response;
        while (!TryTake(head, out response))
        {
            if (frame.Refusal is { } reason) throw new HttpFormatException(reason);
            if (isClosed) throw CutOff();

            // One more, so that what ends a response does not fill the buffer.
            var needed = Math.Max(bodyAt + frame.Needed, received + 1) + 1;
            // No more than is needed: the events of a function are as long again and again.
            EnsureCapacity(needed, head.Length is null ? MaxGrowth : 0);
            Add(await transport.ReadAsync(buffer.AsMemory(received)));
        }

        return response;
    }

    /// <summary>Where the empty line behind a head begins; negative: it has not come within the limit.</summary>
    /// <param name="searched">So many bytes are known to hold none.</param>
    private int FindEmptyLine(int searched)
    {
        // The last two bytes may begin what ends a head.
        var start = Math.Max(0, searched - 2);
        var bytes = buffer.AsSpan(start..Math.Min(received, ResponseHead.MaxLength));
        var end = bytes.IndexOf("\n\r\n"u8);
        var bare = (end < 0 ? bytes : bytes[..(end + 1)]).IndexOf("\n\n"u8);
        if (bare >= 0) end = bare;
        return end < 0 ? end : start + end + 1;
    }

    /// <param name="end">Where its empty line begins.</param>
    private ResponseHead ParseHead(int end)
    {
        var isBare = buffer[end] == '\n';
        bodyAt = end + (isBare ? 1 : 2);
        var head = ResponseHead.Parse(buffer.AsMemory(0, end));
        return isBare ? head.ButOdd() : head;
    }

    /// <summary>Of a head that passes the limit the lines up to there are taken, and nothing is read behind it.</summary>
    private ResponseHead ParseLongHead()
    {
        bodyAt = received;
        var whole = buffer.AsSpan(0, ResponseHead.MaxLength).LastIndexOf((byte)'\n') + 1;
        var head = ResponseHead.Parse(buffer.AsMemory(0, whole > 0 ? whole : ResponseHead.MaxLength));
        return head.ButOdd($"The head of the response is longer than {ResponseHead.MaxLength} bytes.");
    }

    private void MoveRestToFront()
    {
        buffer.AsSpan(Next..received).CopyTo(buffer);
        received -= Next;
        (bodyAt, frame) = (0, default);
    }

    private void Add(int count)
    {
        received += count;
        Taken += count;
        filled = received == buffer.Length;
        isClosed = count == 0;
    }

    private void EnsureCapacity(int total, int maxGrowth = MaxGrowth)
    {
        if (total > buffer.Length)
            Array.Resize(ref buffer, Math.Max(total, Math.Min(buffer.Length * 2, buffer.Length + maxGrowth)));
    }

    private static EndOfStreamException CutOff() => new("The connection was closed before the response was complete.");
}

/// <summary>
/// One HTTP response. Head and body are the connection's memory: both hold until it carries its next request. Who keeps them longer copies them.
/// </summary>
/// <param name="Body">As far as it was read.</param>
/// <param name="KeepAlive">The connection can carry another request.</param>
/// <param name="Cut">Why the body was not read to its end; null: it was.</param>
internal readonly record struct Response(ResponseHead Head, ReadOnlyMemory<byte> Body, bool KeepAlive, Exception? Cut = null)
{
    public int Status => Head.Status;

    /// <inheritdoc cref="ResponseHead.Header"/>
    public string? Header(ReadOnlySpan<byte> name) => Head.Header(name);

    /// <summary>The same response in memory of its own.</summary>
    public Response Copy()
    {
        var split = Head.Bytes.Length;
        var copy = new byte[split + Body.Length];
        Head.Bytes.CopyTo(copy);
        Body.CopyTo(copy.AsMemory(split));
        return this with { Head = Head with { Bytes = copy.AsMemory(..split) }, Body = copy.AsMemory(split..) };
    }
}
