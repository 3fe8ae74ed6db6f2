using System.Buffers;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>
/// Status line and headers of a response, judged as <see href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</see> has it, and more
/// strictly: what two readers could understand differently is refused, since one answer might be taken for another's.
/// </summary>
/// <param name="Length">Of the body as the head says it; null: to be told by chunks, or by the end of the connection.</param>
/// <param name="KeepAlive">The connection can carry another request behind this response, which says itself where it ends.</param>
/// <param name="Bytes">Status line and header lines, each ended by CRLF; they hold as long as their <see cref="Response"/>.</param>
internal readonly record struct ResponseHead(int Status, int? Length, bool IsChunked, bool KeepAlive, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Longest head taken, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> NotInValue = SearchValues.Create(
        "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"u8);

    /// <summary>Retry-After or RateLimit is among the headers.</summary>
    public bool Throttles { get; private init; }

    public bool IsInterim => Status is >= 100 and < 200;

    /// <summary>Without one nothing follows the head, whatever it says.</summary>
    public bool HasBody => MayHaveBody(Status);

    /// <inheritdoc cref="HeaderBlock.Find"/>
    public string? Header(ReadOnlySpan<byte> name) => HeaderBlock.Find(Bytes.Span, name);

    /// <param name="bytes">Without the empty line.</param>
    /// <exception cref="HttpFormatException">It is no head of a response, or one that could be misunderstood.</exception>
    public static ResponseHead Parse(ReadOnlyMemory<byte> bytes)
    {
        var rest = bytes.Span;
        var line = HeaderBlock.NextLine(ref rest);
        var status = ParseStatus(line);
        int? length = null;
        bool isChunked = false, throttles = false, saysClose = false, saysKeepAlive = line.StartsWith("HTTP/1.1"u8);
        while (!rest.IsEmpty)
        {
            line = HeaderBlock.NextLine(ref rest);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(Token))
                throw new HttpFormatException("A header of the response has no name, or white space in or before it.");

            var name = line[..colon];
            var value = HeaderBlock.Trim(line[(colon + 1)..]);
            if (value.ContainsAny(NotInValue)) throw new HttpFormatException("A header of the response holds control characters.");

            if (Ascii.EqualsIgnoreCase(name, "content-length"u8))
                length = length is null ? ParseLength(value) : throw new HttpFormatException("The response has two Content-Lengths.");
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
                isChunked = ReadCoding(value, isChunked);
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8)) ReadConnection(value, ref saysClose, ref saysKeepAlive);
            else throttles |= Ascii.EqualsIgnoreCase(name, "retry-after"u8) || Ascii.EqualsIgnoreCase(name, "ratelimit"u8);
        }

        if (isChunked && length is not null) throw new HttpFormatException("The response has both a Content-Length and a transfer coding.");

        var isDelimited = isChunked || length is not null || !MayHaveBody(status);
        return new(status, length, isChunked, isDelimited && saysKeepAlive && !saysClose, bytes) { Throttles = throttles };
    }

    private static bool MayHaveBody(int status) => status is not (204 or 304);

    /// <returns>True: no other coding is taken.</returns>
    private static bool ReadCoding(ReadOnlySpan<byte> value, bool hasOne) => !hasOne && Ascii.EqualsIgnoreCase(value, "chunked"u8)
        ? true
        : throw new HttpFormatException("The transfer coding of the response is not chunked, once.");

    private static int ParseStatus(ReadOnlySpan<byte> line)
    {
        // HTTP/1.1 200 OK
        var valid = line.Length >= 12 && line.StartsWith("HTTP/1."u8) && line[7] is (byte)'0' or (byte)'1' && line[8] == ' '
            && (line.Length == 12 || line[12] == ' ') && !line.ContainsAny(NotInValue);
        if (valid && !line[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') && line[9] != '0')
            return ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0';

        throw new HttpFormatException("The response does not begin with an HTTP/1.1 status line.");
    }

    private static int ParseLength(ReadOnlySpan<byte> value)
    {
        // A list of equal lengths, a sign, a length beyond 2 GB: none of them is taken.
        if (value.Length is > 0 and <= 10 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9') && int.TryParse(value, out var length))
            return length;

        throw new HttpFormatException("The Content-Length of the response is not a number below 2 GB.");
    }

    private static void ReadConnection(ReadOnlySpan<byte> value, ref bool saysClose, ref bool saysKeepAlive)
    {
        foreach (var range in value.Split((byte)','))
        {
            var option = HeaderBlock.Trim(value[range]);
            saysClose |= Ascii.EqualsIgnoreCase(option, "close"u8);
            saysKeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }
}

/// <summary>Finds headers in the bytes of a message head.</summary>
internal static class HeaderBlock
{
    /// <summary>
    /// The header of that name, in any case, without outer white space; several of one name joined by commas, as RFC 9110 has it;
    /// null when there is none.
    /// </summary>
    public static string? Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        string? all = null;
        NextLine(ref head);
        while (!head.IsEmpty)
        {
            var line = NextLine(ref head);
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Ascii.EqualsIgnoreCase(line[..colon], name)) continue;

            var value = Encoding.UTF8.GetString(Trim(line[(colon + 1)..]));
            all = all is null ? value : $"{all}, {value}";
        }

        return all;
    }

    /// <summary>Without outer spaces and tabs.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return start < 0 ? default : value[start..(value.LastIndexOfAnyExcept((byte)' ', (byte)'\t') + 1)];
    }

    public static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n"u8);
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 2)..];
        return line;
    }
}
