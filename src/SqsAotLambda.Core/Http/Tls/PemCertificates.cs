using System.Buffers;
using System.Buffers.Text;

namespace SqsAotLambda.Http.Tls;

/// <summary>
/// The certificates of a PEM file, in DER, one after the other; each holds until the next is asked for.
/// Other blocks and text between blocks are passed over, <c>TRUSTED CERTIFICATE</c> too; a damaged block is the end, as it is for OpenSSL.
/// </summary>
internal ref struct PemCertificates(ReadOnlySpan<byte> text)
{
    private readonly int size = text.Length;
    private ReadOnlySpan<byte> text = text.StartsWith(ByteOrderMark) ? text[ByteOrderMark.Length..] : text;
    private byte[] buffer = [];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xef, 0xbb, 0xbf];

    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>In the text, in bytes: from there on the certificate is the first.</summary>
    public int Start { get; private set; }

    public bool MoveNext()
    {
        Start = size - text.Length;
        while (TakeLabel("-----BEGIN "u8, out _, out var label))
        {
            if (!TakeLabel("-----END "u8, out var content, out var end) || !end.SequenceEqual(label)) return false;

            var header = TakeHeader(ref content);
            if (buffer.Length < content.Length) buffer = new byte[content.Length + 1024];
            if (Base64.DecodeFromUtf8(content, buffer, out _, out var length) is not OperationStatus.Done) return false;
            if (!label.SequenceEqual("CERTIFICATE"u8) && !label.SequenceEqual("X509 CERTIFICATE"u8)) continue;
            // It would have to be one of encryption.
            if (!header.IsEmpty) return false;

            Current = buffer.AsSpan(0, length);
            return true;
        }

        return false;
    }

    /// <summary>Cuts off what is before a blank line, and that line.</summary>
    private static ReadOnlySpan<byte> TakeHeader(ref ReadOnlySpan<byte> content)
    {
        for (var start = 0; content[start..].IndexOf((byte)'\n') is >= 0 and var length; start += length + 1)
        {
            if (!content.Slice(start, length).TrimEnd(" \t\r"u8).IsEmpty) continue;

            var header = content[..start];
            content = content[(start + length + 1)..];
            return header;
        }

        return default;
    }

    /// <summary>Goes on after the next line that begins so and is a boundary.</summary>
    private bool TakeLabel(ReadOnlySpan<byte> boundary, out ReadOnlySpan<byte> before, out ReadOnlySpan<byte> label)
    {
        for (var from = 0; text[from..].IndexOf(boundary) is >= 0 and var found;)
        {
            var start = from + found;
            var rest = text[(start + boundary.Length)..];
            var length = rest.IndexOf((byte)'\n');
            var line = (length < 0 ? rest : rest[..length]).TrimEnd(" \t\r"u8);
            from = start + boundary.Length;
            if ((start > 0 && text[start - 1] != '\n') || !line.EndsWith("-----"u8)) continue;

            before = text[..start];
            label = line[..^5];
            text = length < 0 ? default : rest[(length + 1)..];
            return true;
        }

        before = label = default;
        return false;
    }
}
