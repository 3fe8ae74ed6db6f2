using System.Text;

namespace SqsAotLambda.Http;

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
