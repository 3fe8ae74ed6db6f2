using SqsAotLambda.Io;

namespace SqsAotLambda.Tests.Support;

/// <summary>Gives its bytes in the pieces it was made of, one a read, as a socket may; it never waits.</summary>
/// <param name="closed">The peer closed the connection after the last piece; if not, to read on fails instead of waiting for ever.</param>
internal sealed class PieceStream(IEnumerable<byte[]> pieces, bool closed) : Stream, ITransport
{
    private readonly IEnumerator<byte[]> pieces = pieces.Where(piece => piece.Length > 0).GetEnumerator();

    /// <summary>What the last read left of its piece.</summary>
    private ReadOnlyMemory<byte> rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (rest.IsEmpty)
        {
            if (!pieces.MoveNext()) return closed ? 0 : throw new InvalidOperationException("The reader waits for more than it needs.");

            rest = pieces.Current;
        }

        var count = Math.Min(rest.Length, buffer.Length);
        rest.Span[..count].CopyTo(buffer);
        rest = rest[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    TcpSocket ITransport.Socket => throw new NotSupportedException();

    ValueTask<int> ITransport.ReadAsync(Memory<byte> to) => new(Read(to.Span));

    ValueTask ITransport.WriteAsync(ReadOnlyMemory<byte> bytes) => throw new NotSupportedException();

    bool ITransport.TryRest(Action whenUnasked) => throw new NotSupportedException();

    bool ITransport.TryEndRest() => throw new NotSupportedException();

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
