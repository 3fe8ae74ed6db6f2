using System.Buffers;
using System.Text;
using System.Text.Json;

/// <summary>What stands for a computed attribute that the configuration does not set.</summary>
internal enum Missing
{
    Unknown,
    MadeUp,
}

/// <summary>
/// Copies an object in <see href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</see> and puts something in the
/// place of each computed attribute that is null.
/// </summary>
internal sealed class Completion
{
    private const byte Nil = 0xc0;

    private readonly ArrayBufferWriter<byte> copy = new();
    private readonly Missing missing;
    private ReadOnlyMemory<byte> rest;

    private Completion(ReadOnlyMemory<byte> value, Missing missing) => (rest, this.missing) = (value, missing);

    public static byte[] Of(JsonElement block, ReadOnlyMemory<byte> value, Missing missing)
    {
        var completion = new Completion(value, missing);
        completion.CopyBlock(block);
        return completion.copy.WrittenSpan.ToArray();
    }

    private void CopyBlock(JsonElement block)
    {
        if (CopyContainerHeader() is not { } members)
        {
            CopyValue();
            return;
        }

        for (; members > 0; members--)
        {
            var name = CopyName();
            var attribute = Schema.Members(block, "attributes").FirstOrDefault(each => each.NameEquals(name)).Value;
            if (attribute.ValueKind is JsonValueKind.Object) CopyAttribute(attribute);
            else CopyNested(Schema.Members(block, "block_types").First(each => each.NameEquals(name)).Value);
        }
    }

    private void CopyAttribute(JsonElement attribute)
    {
        if (rest.Span[0] != Nil || !Schema.Flag(attribute, "computed"))
        {
            CopyValue();
            return;
        }

        rest = rest[1..];
        // An extension of type 0 is Terraform's unknown value.
        copy.Write(missing is Missing.Unknown ? [0xd4, 0, 0] : MadeUp(attribute.GetProperty("type")));
    }

    private void CopyNested(JsonElement nested)
    {
        var block = nested.GetProperty("block");
        if (nested.GetProperty("nesting_mode").GetString() is "single" or "group")
        {
            CopyBlock(block);
            return;
        }

        if (CopyContainerHeader() is not { } items)
        {
            CopyValue();
            return;
        }

        for (; items > 0; items--)
        {
            if (nested.GetProperty("nesting_mode").GetString() is "map") CopyValue();
            CopyBlock(block);
        }
    }

    /// <param name="type">As in <c>"string"</c> or <c>["list", "string"]</c>.</param>
    private static byte[] MadeUp(JsonElement type) => (type.ValueKind is JsonValueKind.Array ? type[0] : type).GetString() switch
    {
        "bool" => [0xc2],
        "number" => [0],
        "string" => [0xa6, .. "schema"u8],
        "list" or "set" => [0x90],
        "map" => [0x80],
        _ => [Nil],
    };

    private string CopyName()
    {
        var start = rest;
        CopyValue();
        var text = start[..(start.Length - rest.Length)].Span;
        return Encoding.UTF8.GetString(text[(text[0] == 0xd9 ? 2 : 1)..]);
    }

    /// <summary>How many members or items follow; null, and nothing copied, when the value is neither a map nor an array.</summary>
    private int? CopyContainerHeader()
    {
        var first = rest.Span[0];
        switch (first)
        {
            case >= 0x80 and < 0xa0:
                Copy(1);
                return first & 0x0f;
            case 0xdc or 0xde:
                return CopySized(2);
            case 0xdd or 0xdf:
                return CopySized(4);
            default:
                return null;
        }
    }

    private void CopyValue()
    {
        var first = rest.Span[0];
        if (SizeOf(first) is { } size)
        {
            Copy(size);
            return;
        }

        switch (first)
        {
            case < 0x90 or 0xde or 0xdf: // maps
                CopyValues(2 * CopyContainerHeader()!.Value);
                break;
            case < 0xa0 or 0xdc or 0xdd: // arrays
                CopyValues(CopyContainerHeader()!.Value);
                break;
            case 0xc4 or 0xd9: // bytes and texts, by the size of their length
                Copy(CopySized(1));
                break;
            case 0xc5 or 0xda:
                Copy(CopySized(2));
                break;
            case 0xc6 or 0xdb:
                Copy(CopySized(4));
                break;
            case 0xc7: // extensions, which have a type besides
                Copy(CopySized(1) + 1);
                break;
            case 0xc8:
                Copy(CopySized(2) + 1);
                break;
            default:
                throw new InvalidDataException($"MessagePack format {first:x2}");
        }
    }

    /// <summary>In bytes, of a value whose first byte tells it; null where more has to be read for that.</summary>
    private static int? SizeOf(byte first) => first switch
    {
        < 0x80 or >= 0xe0 or Nil or 0xc2 or 0xc3 => 1, // small numbers, nil, false, true
        >= 0xa0 and < 0xc0 => 1 + (first & 0x1f), // short texts
        >= 0xd4 and <= 0xd8 => 2 + (1 << (first - 0xd4)), // extensions of a fixed size
        0xcc or 0xd0 => 2, // numbers of 1, 2, 4 and 8 bytes
        0xcd or 0xd1 => 3,
        0xca or 0xce or 0xd2 => 5,
        0xcb or 0xcf or 0xd3 => 9,
        _ => null,
    };

    private void CopyValues(int count)
    {
        for (; count > 0; count--) CopyValue();
    }

    /// <summary>Copies a format byte and the big-endian size after it.</summary>
    /// <param name="width">Of the size, in bytes.</param>
    private int CopySized(int width)
    {
        var size = 0;
        foreach (var each in rest.Span.Slice(1, width)) size = size << 8 | each;
        Copy(1 + width);
        return size;
    }

    private void Copy(int count)
    {
        copy.Write(rest.Span[..count]);
        rest = rest[count..];
    }
}
