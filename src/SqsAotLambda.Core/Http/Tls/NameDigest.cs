using System.Formats.Asn1;

namespace SqsAotLambda.Http.Tls;

/// <summary>
/// A number for the name of a certificate's subject or issuer. Names that OpenSSL takes for the same have the same number, whatever their case,
/// spaces and kinds of string; now and then others have it too. So it tells which certificates to load, and never whom to trust.
/// </summary>
internal static class NameDigest
{
    // FNV-1a, 64 bits.
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <param name="name">Of DER; what can't be read of it does not count.</param>
    public static ulong Of(ReadOnlySpan<byte> name)
    {
        // A sequence of sets of sequences of a type and a value; a sum, because equal sets may be in different orders.
        var digest = 0UL;
        var sets = Der.Take(ref name, out _);
        while (!sets.IsEmpty)
        {
            var set = Der.Take(ref sets, out _);
            while (!set.IsEmpty)
            {
                var attribute = Der.Take(ref set, out _);
                var type = Der.Take(ref attribute, out _);
                var value = Der.Take(ref attribute, out var kind);
                digest += Of(type, value, kind);
            }
        }

        return digest;
    }

    /// <summary>Of a value the letters and digits of ASCII, which every kind of string has.</summary>
    private static ulong Of(ReadOnlySpan<byte> type, ReadOnlySpan<byte> value, Asn1Tag kind)
    {
        var digest = Basis;
        foreach (var octet in type) digest = (digest ^ octet) * Prime;

        var width = kind.TagValue switch { (int)UniversalTagNumber.BMPString => 2, (int)UniversalTagNumber.UniversalString => 4, _ => 1 };
        for (; value.Length >= width; value = value[width..])
        {
            var last = (char)value[width - 1];
            if (char.IsAsciiLetterOrDigit(last) && !value[..(width - 1)].ContainsAnyExcept((byte)0))
                digest = (digest ^ char.ToLowerInvariant(last)) * Prime;
        }

        return digest;
    }
}
