using System.Buffers;
using System.Text;

/// <summary>
/// Of <see href="https://protobuf.dev/programming-guides/encoding/">Protocol Buffers</see>, as much as the plugin protocol needs.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0, LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> bytes = new();

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    public ProtobufMessage Number(int field, long value)
    {
        if (value == 0) return this; // the default, which is not written

        WriteVarint((ulong)field << 3 | Varint);
        WriteVarint((ulong)value);
        return this;
    }

    public ProtobufMessage Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public ProtobufMessage Text(int field, string value) => Message(field, Encoding.UTF8.GetBytes(value));

    public ProtobufMessage Message(int field, ProtobufMessage value) => Message(field, value.ToArray());

    public ProtobufMessage Message(int field, ReadOnlyMemory<byte> value)
    {
        WriteVarint((ulong)field << 3 | LengthDelimited);
        WriteVarint((ulong)value.Length);
        bytes.Write(value.Span);
        return this;
    }

    public ProtobufMessage Map(int field, IEnumerable<(string Key, ProtobufMessage Value)> entries)
    {
        foreach (var (key, value) in entries) Message(field, new ProtobufMessage().Text(1, key).Message(2, value));
        return this;
    }

    /// <summary>The texts and messages in <paramref name="source"/> by field, the last of each; numbers are left out.</summary>
    public static Dictionary<int, ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> source)
    {
        var fields = new Dictionary<int, ReadOnlyMemory<byte>>();
        while (source.Length > 0)
        {
            var tag = ReadVarint(ref source);
            var number = ReadVarint(ref source);
            switch (tag & 7)
            {
                case Varint:
                    break;
                case LengthDelimited:
                    fields[(int)(tag >> 3)] = source[..(int)number];
                    source = source[(int)number..];
                    break;
                default:
                    throw new InvalidDataException($"Protocol Buffers wire type {tag & 7}");
            }
        }

        return fields;
    }

    private static ulong ReadVarint(ref ReadOnlyMemory<byte> source)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = source.Span[0];
            source = source[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private void WriteVarint(ulong value)
    {
        for (; value > 0x7f; value >>= 7) bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}
