using System.Text;

namespace SqsAotLambda.Reading;

/// <summary>
/// The mark that some programs write before a text. JSON has none, but <see href="https://www.rfc-editor.org/rfc/rfc8259#section-8.1">RFC 8259</see>
/// lets readers pass over it.
/// </summary>
internal static class ByteOrderMark
{
    private const char Mark = '\ufeff';

    private static ReadOnlySpan<byte> Utf8Mark => [0xef, 0xbb, 0xbf];

    public static ReadOnlyMemory<byte> Skip(ReadOnlyMemory<byte> utf8) => utf8.Span.StartsWith(Utf8Mark) ? utf8[Utf8Mark.Length..] : utf8;

    public static string Skip(string text) => text.StartsWith(Mark) ? text[1..] : text;

    /// <summary>A file's text, which may be UTF-16 where its mark says so, in UTF-8 and without it.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(byte[] file) => file switch
    {
        [0xff, 0xfe, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(file, 2, file.Length - 2)),
        [0xfe, 0xff, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(file, 2, file.Length - 2)),
        _ => Skip(file),
    };
}
