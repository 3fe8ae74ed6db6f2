using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Finds headers in the bytes of a message head.</summary>
internal static class HeaderBlock
{
    public static bool TryFind(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        NextLine(ref head);
        while (!head.IsEmpty)
        {
            var line = NextLine(ref head);
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || !Ascii.EqualsIgnoreCase(line[..colon], name)) continue;

            value = Trim(line[(colon + 1)..]);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>Without outer spaces and tabs.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return start < 0 ? default : value[start..(value.LastIndexOfAnyExcept((byte)' ', (byte)'\t') + 1)];
    }

    private static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf("\r\n"u8);
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 2)..];
        return line;
    }
}
