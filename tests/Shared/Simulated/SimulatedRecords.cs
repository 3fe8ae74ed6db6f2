using System.Buffers.Binary;

namespace SqsAotLambda.Tests.Shared;

/// <summary>What a record of the simulated TLS holds.</summary>
internal enum RecordKind : byte
{
    /// <summary>The client's first: the ticket that it has, and the host that it wants.</summary>
    Hello = 1,

    /// <summary>The server's first: whether it takes that ticket, another one, and the host of its certificate.</summary>
    Welcome,

    /// <summary>The client has accepted the certificate.</summary>
    Finished,

    Ticket,

    Alert,

    /// <summary>The server sends no more.</summary>
    Farewell,

    Data,
}

/// <summary>The records that come one way, each with its kind, its length and its bytes. They can be read once they are whole.</summary>
internal sealed class SimulatedRecords
{
    /// <summary>In bytes, as in TLS.</summary>
    public const int MaxLength = 16 * 1024;

    private const int HeadLength = 3;

    private byte[] bytes = [];
    private int start, end;

    /// <summary>Some are not taken yet, or one is not whole.</summary>
    public bool HasPending => start < end;

    public void Add(ReadOnlySpan<byte> more)
    {
        bytes.AsSpan(start, end - start).CopyTo(bytes);
        (start, end) = (0, end - start);
        if (end + more.Length > bytes.Length) Array.Resize(ref bytes, Math.Max(end + more.Length, 2 * bytes.Length));
        more.CopyTo(bytes.AsSpan(end));
        end += more.Length;
    }

    /// <returns>False: none is whole.</returns>
    public bool TryTake(out RecordKind kind, out byte[] content)
    {
        (kind, content) = (default, []);
        if (end - start < HeadLength) return false;

        var next = start + HeadLength + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(start + 1));
        if (next > end) return false;

        (kind, content, start) = ((RecordKind)bytes[start], bytes[(start + HeadLength)..next], next);
        return true;
    }

    public static byte[] Write(RecordKind kind, ReadOnlySpan<byte> content)
    {
        var record = new byte[HeadLength + content.Length];
        record[0] = (byte)kind;
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(1), (ushort)content.Length);
        content.CopyTo(record.AsSpan(HeadLength));
        return record;
    }
}
