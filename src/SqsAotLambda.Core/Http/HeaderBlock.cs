using System.Buffers;
using System.Text;

namespace SqsAotLambda.Http;

/// <summary>Finds headers in the bytes of a message head.</summary>
internal static class HeaderBlock
{
    /// <summary>All but tabs.</summary>
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
        "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f"u8);

    /// <summary>
    /// The header of that name, in any case, without outer white space; several of one name joined by commas, as RFC 9110 has it;
    /// null when there is none.
    /// </summary>
    public static string? Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        string? all = null;
        var lines = new HeadLines(head);
        lines.MoveNext();
        while (lines.MoveNext())
        {
            if (!Ascii.EqualsIgnoreCase(Split(lines.Line, out var value, out _), name)) continue;

            var text = Encoding.UTF8.GetString(value);
            if (lines.IsFolded) text = Unfold(text);
            all = all is null ? text : $"{all}, {text}";
        }

        return all;
    }

    /// <summary>Name and value of a header, both without outer white space.</summary>
    /// <param name="line">One that is folded holds the line ends within it.</param>
    /// <param name="isSpaced">White space stands before the colon.</param>
    /// <returns>The name; empty: it has none.</returns>
    public static ReadOnlySpan<byte> Split(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value, out bool isSpaced)
    {
        var colon = line.IndexOf((byte)':');
        value = colon < 0 ? default : Trim(line[(colon + 1)..]);
        var name = line[..Math.Max(colon, 0)];
        isSpaced = !name.IsEmpty && name[^1] is (byte)' ' or (byte)'\t';
        return isSpaced ? Trim(name) : name;
    }

    /// <summary>A line without its end holds control characters other than tabs, so that some readers may find its end in it.</summary>
    public static bool HasControls(ReadOnlySpan<byte> line) => line.ContainsAnyExceptInRange((byte)' ', (byte)'~') && line.ContainsAny(Controls);

    /// <summary>Without outer spaces and tabs.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return start < 0 ? default : value[start..(value.LastIndexOfAnyExcept((byte)' ', (byte)'\t') + 1)];
    }

    /// <summary>Each line end is one space, with the white space around it.</summary>
    private static string Unfold(string value) =>
        string.Join(' ', value.Split('\n').Select(part => part.Trim(' ', '\t', '\r')).Where(part => part.Length > 0));
}

/// <summary>
/// The lines of a head, as .NET's client and curl divide it: LF ends a line, with or without CR before it, and a line that begins with white
/// space goes on with the one before.
/// </summary>
internal ref struct HeadLines(ReadOnlySpan<byte> head)
{
    private ReadOnlySpan<byte> rest = head;

    /// <summary>The present line without its end.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>The line is several, with their ends between them.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>One of its ends is not CRLF.</summary>
    public bool HasBareEnd { get; private set; }

    /// <summary>It holds control characters other than tabs, and than its line ends.</summary>
    public bool HasControls { get; private set; }

    public bool MoveNext()
    {
        if (rest.IsEmpty) return false;

        (IsFolded, HasBareEnd, HasControls) = (false, false, false);
        var (length, end) = Take(0);
        for (; end < rest.Length && rest[end] is (byte)' ' or (byte)'\t'; IsFolded = true) (length, end) = Take(end);

        Line = rest[..length];
        rest = rest[end..];
        return true;
    }

    /// <returns>Where the text of the line ends that begins there, and where the next line begins.</returns>
    private (int Length, int End) Take(int start)
    {
        var text = rest[start..];
        var feed = text.IndexOf((byte)'\n');
        if (feed >= 0) text = text[..feed];
        var end = feed < 0 ? rest.Length : start + feed + 1;
        if (text is [.., (byte)'\r']) text = text[..^1];
        else HasBareEnd = true;

        HasControls |= HeaderBlock.HasControls(text);
        return (start + text.Length, end);
    }
}
