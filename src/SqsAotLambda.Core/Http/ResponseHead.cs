using System.Buffers;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>
/// Status line and headers of a response (<see href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</see>). A sound status line is all it
/// needs. What two readers could understand differently costs the connection, so that no answer is taken for another's.
/// </summary>
/// <param name="Length">Of the body as the head says it; null: to be told by chunks, or by the end of the connection.</param>
/// <param name="KeepAlive">The connection can carry another request behind this response, which says itself where it ends.</param>
/// <param name="Bytes">Status line and header lines, each with its line end; they hold as long as their <see cref="Response"/>.</param>
internal readonly record struct ResponseHead(int Status, int? Length, bool IsChunked, bool KeepAlive, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Longest head taken, in bytes. Of a longer one the status counts, and the headers up to here.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Retry-After or RateLimit is among the headers.</summary>
    public bool Throttles { get; private init; }

    /// <summary>Two readers could find different headers in it, or different ends.</summary>
    public bool IsOdd { get; private init; }

    /// <summary>Why it does not tell where the body ends, so that the body is not read; null: it tells.</summary>
    public string? Doubt { get; private init; }

    /// <summary>Another response follows. 101 is an answer: nobody asked for another protocol.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>Without one nothing follows the head, whatever it says.</summary>
    public bool HasBody => Status is not (204 or 304);

    private bool IsVersion11 => Bytes.Span[7] == '1';

    /// <summary>Every reader agrees on where the next response begins.</summary>
    private bool HasCertainEnd => !IsOdd && Status switch
    {
        101 => false,
        // Some servers send the body that they announce.
        204 => !IsChunked && Length is null or 0,
        304 => true,
        // HTTP/1.0 has no chunks.
        _ => IsChunked ? IsVersion11 : Length is not null,
    };

    /// <inheritdoc cref="HeaderBlock.Find"/>
    public string? Header(ReadOnlySpan<byte> name) => HeaderBlock.Find(Bytes.Span, name);

    /// <summary>The same head, with something odd around it.</summary>
    /// <param name="doubt">As <see cref="Doubt"/> has it.</param>
    public ResponseHead ButOdd(string? doubt = null) => this with { IsOdd = true, Doubt = Doubt ?? doubt, KeepAlive = false };

    /// <param name="bytes">Without the empty line.</param>
    /// <exception cref="HttpFormatException">It has no sound status line.</exception>
    public static ResponseHead Parse(ReadOnlyMemory<byte> bytes)
    {
        var status = ParseStatus(bytes.Span);
        var lines = new HeadLines(bytes.Span);
        lines.MoveNext();
        var said = new Said { IsOdd = lines.IsFolded || lines.HasBareEnd || lines.HasControls };
        while (lines.MoveNext()) said.Read(lines);

        if (said.IsChunked && said.Length is not null) said.Doubt ??= "The response has both a Content-Length and a transfer coding.";
        var head = new ResponseHead(status, said.Length, said.IsChunked, KeepAlive: false, bytes)
        {
            Throttles = said.Throttles,
            IsOdd = said.IsOdd || said.Doubt is not null,
            Doubt = said.Doubt,
        };
        return head with { KeepAlive = head.HasCertainEnd && said.KeepsAlive(head.IsVersion11) };
    }

    /// <summary>Takes what .NET's client and curl both take: HTTP/1.0 or 1.1, 100 to 999, and a space or the end of the line behind it.</summary>
    private static int ParseStatus(ReadOnlySpan<byte> head)
    {
        // HTTP/1.1 200 OK
        var isSound = head.Length >= 12 && head.StartsWith("HTTP/1."u8) && head[7] is (byte)'0' or (byte)'1' && head[8] == ' '
            && head[12..] is [] or [(byte)' ', ..] or [(byte)'\n', ..] or [(byte)'\r', (byte)'\n', ..];
        if (isSound && !head[9..12].ContainsAnyExceptInRange((byte)'0', (byte)'9') && head[9] != '0')
            return ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + head[11] - '0';

        throw new HttpFormatException("The response does not begin with an HTTP/1.1 status line.");
    }

    /// <summary>What the headers read so far say of the response and of its connection.</summary>
    private struct Said
    {
        private bool close, keepAlive;

        public int? Length { get; private set; }

        public bool IsChunked { get; private set; }

        public bool Throttles { get; private set; }

        public bool IsOdd { get; set; }

        public string? Doubt { get; set; }

        public readonly bool KeepsAlive(bool unlessSaid) => !close && (keepAlive || unlessSaid);

        public void Read(in HeadLines lines)
        {
            if (lines.HasControls) Doubt ??= "A header of the response holds control characters.";
            var name = HeaderBlock.Split(lines.Line, out var value, out var isSpaced);
            IsOdd |= isSpaced || lines.IsFolded || lines.HasBareEnd || name.IsEmpty || name.ContainsAnyExcept(Token);
            if (Ascii.EqualsIgnoreCase(name, "content-length"u8)) ReadLength(value, isSpaced);
            else if (Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8)) ReadCoding(value, isSpaced);
            else if (Ascii.EqualsIgnoreCase(name, "connection"u8)) ReadConnection(value);
            else Throttles |= Ascii.EqualsIgnoreCase(name, "retry-after"u8) || Ascii.EqualsIgnoreCase(name, "ratelimit"u8);
        }

        private void ReadLength(ReadOnlySpan<byte> value, bool isSpaced)
        {
            // A list of equal lengths, a sign, a fold, a length beyond 2 GB: none of them is taken.
            if (value.Length is 0 or > 10 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !int.TryParse(value, out var length))
                Doubt ??= "The Content-Length of the response is not a number below 2 GB.";
            else if (isSpaced) Doubt ??= "The Content-Length of the response has white space before its colon.";
            else if (Length is not null) Doubt ??= "The response has two Content-Lengths.";
            else Length = length;
        }

        private void ReadCoding(ReadOnlySpan<byte> value, bool isSpaced)
        {
            if (IsChunked || isSpaced || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
                Doubt ??= "The transfer coding of the response is not chunked, once and on a line of its own.";
            IsChunked = true;
        }

        private void ReadConnection(ReadOnlySpan<byte> value)
        {
            foreach (var range in value.Split((byte)','))
            {
                var option = HeaderBlock.Trim(value[range]);
                close |= Ascii.EqualsIgnoreCase(option, "close"u8);
                keepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
            }
        }
    }
}
