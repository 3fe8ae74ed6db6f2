using System.Text;

namespace SqsAotLambda.Tests.Support;

/// <summary>Keeps what was written, each write apart.</summary>
internal sealed class Writes : MemoryStream
{
    public List<string> Each { get; } = [];

    public override void Write(ReadOnlySpan<byte> buffer) => Each.Add(Encoding.UTF8.GetString(buffer));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
