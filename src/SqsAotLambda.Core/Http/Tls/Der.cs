using System.Formats.Asn1;

namespace SqsAotLambda.Http.Tls;

/// <summary>Walks over ASN.1, as far as it takes to find the names in a certificate.</summary>
internal static class Der
{
    /// <summary>Cuts the first value off and gives its content; nothing, and nothing left, where there is no whole value.</summary>
    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> source, out Asn1Tag tag)
    {
        // BER, because OpenSSL takes it too.
        if (!AsnDecoder.TryReadEncodedValue(source, AsnEncodingRules.BER, out tag, out var start, out var length, out var whole))
            return source = default;

        var content = source.Slice(start, length);
        source = source[whole..];
        return content;
    }

    /// <summary>Serial number, issuer and subject of a certificate; all are empty where it is none.</summary>
    public static void ReadNames(
        ReadOnlySpan<byte> certificate, out ReadOnlySpan<byte> number, out ReadOnlySpan<byte> issuer, out ReadOnlySpan<byte> subject)
    {
        // https://www.rfc-editor.org/rfc/rfc5280#section-4.1
        var outer = Take(ref certificate, out _);
        var fields = Take(ref outer, out _);
        var version = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        var rest = fields;
        Take(ref rest, out var first);
        // The serial number is first where there is no version.
        if (first == version) Take(ref fields, out _);
        number = Take(ref fields, out _);
        Take(ref fields, out _);
        issuer = Whole(ref fields);
        Take(ref fields, out _);
        subject = Whole(ref fields);
    }

    private static ReadOnlySpan<byte> Whole(scoped ref ReadOnlySpan<byte> source)
    {
        var before = source;
        Take(ref source, out _);
        return before[..(before.Length - source.Length)];
    }
}
