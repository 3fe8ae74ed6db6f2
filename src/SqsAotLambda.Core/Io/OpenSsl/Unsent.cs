namespace SqsAotLambda.Io.OpenSsl;

/// <summary>Bytes that the socket did not take yet: a record, and answers of TLS itself.</summary>
internal sealed class Unsent
{
    /// <summary>In bytes; then no more is added. A record has 16 KB and a little.</summary>
    private const int Most = 64 * 1024;

    private byte[] bytes = [];
    private int start, end;

    public bool IsEmpty => start == end;

    public bool IsFull => end - start >= Most;

    public ReadOnlySpan<byte> First => bytes.AsSpan(start..end);

    public void Add(ReadOnlySpan<byte> more)
    {
        if (end + more.Length > bytes.Length)
        {
            var grown = end - start + more.Length > bytes.Length ? new byte[end - start + more.Length] : bytes;
            First.CopyTo(grown);
            (bytes, start, end) = (grown, 0, end - start);
        }

        more.CopyTo(bytes.AsSpan(end));
        end += more.Length;
    }

    public void Take(int count)
    {
        start += count;
        if (IsEmpty) start = end = 0;
    }
}
