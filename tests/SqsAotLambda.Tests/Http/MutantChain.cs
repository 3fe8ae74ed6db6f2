using System.Formats.Asn1;
using System.Security.Cryptography;
using CsCheck;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Http;

/// <summary>Chains of which one certificate was changed: as it lies there, or before its issuer signed it.</summary>
/// <param name="Ders">The server's first.</param>
internal sealed record MutantChain(byte[][] Ders)
{
    /// <summary>The host is in the subject, too: there OpenSSL looks for a name when the certificate has none elsewhere.</summary>
    public const string Host = "localhost";

    public static readonly Issued Root = Issued.Root("Root");
    private static readonly Issued Middle = Root.Authority("Middle");

    private static readonly (Issued Certificate, Issued Issuer)[][] Originals =
    [
        [(Root.Authority(Host, Issued.Terms.Server), Root)],
        [(Middle.Authority(Host, Issued.Terms.Server), Middle), (Middle, Root)],
        [(Middle.Authority(Host, Many), Middle), (Root.Authority("Middle", Issued.Terms.Authority with { Key = Middle.Key }), Root), (Root, Root)],
    ];

    /// <summary>Kinds of names, yes and no.</summary>
    private static Gen<byte>[] Telling { get; } = [.. "\u0081\u0082\u0086\u0087\0\u0001\u00ff".Select(each => Gen.Const((byte)each))];

    private static Issued.Terms Many => Issued.Terms.For(names =>
    {
        names.AddDnsName("*.example");
        names.AddEmailAddress("a@localhost.example");
        names.AddDnsName(Host);
    });

    public static Gen<MutantChain> Any => Gen.OneOf([.. Originals.Select(Of)]);

    public override string ToString() => string.Join(' ', Ders.Select(Convert.ToHexString));

    private static Gen<MutantChain> Of((Issued Certificate, Issued Issuer)[] original)
    {
        var ders = original.Select(one => one.Certificate.Certificate.RawData).ToArray();
        return Gen.Int[0, ders.Length - 1].SelectMany(at =>
        {
            var raw = Mutated.AnyOf(ders[at]).Select(mutated => mutated.Bytes);
            var signed = Changed(Signable(ders[at])).Select(content => Sign(content, (ECDsa)original[at].Issuer.Key));
            return Gen.Frequency((1, raw), (3, signed)).Select(der => new MutantChain([.. ders[..at], der, .. ders[(at + 1)..]]));
        });
    }

    /// <summary>Some bytes are others; the lengths in it stay mostly right.</summary>
    private static Gen<byte[]> Changed(byte[] original) =>
        Gen.Select(Gen.Int[4, original.Length - 1], Gen.OneOf(Gen.Byte, Gen.OneOf(Telling))).Array[1, 2].Select(changes =>
        {
            var changed = original.ToArray();
            foreach (var (at, value) in changes) changed[at] = value;
            return changed;
        });

    private static byte[] Signable(byte[] der) => new AsnReader(der, AsnEncodingRules.DER).ReadSequence().ReadEncodedValue().ToArray();

    private static byte[] Sign(byte[] content, ECDsa key)
    {
        var signature = key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        // SEQUENCE { ecdsa-with-SHA256 }, BIT STRING.
        byte[] rest = [.. content, .. Convert.FromHexString("300A06082A8648CE3D040302"), 3, .. Length(signature.Length + 1), 0, .. signature];
        return [0x30, .. Length(rest.Length), .. rest];
    }

    private static byte[] Length(int length) =>
        length < 0x80 ? [(byte)length] : length < 0x100 ? [0x81, (byte)length] : [0x82, (byte)(length >> 8), (byte)length];
}
