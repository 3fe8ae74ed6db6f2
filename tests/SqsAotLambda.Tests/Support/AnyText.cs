using System.Text;
using CsCheck;

namespace SqsAotLambda.Tests.Support;

/// <summary>Random texts. Half of their characters are those that a test calls sharp, the others any that can be seen.</summary>
internal static class AnyText
{
    private static readonly Gen<string> Visible = Gen.OneOf(Runes(0x20, 0x7e), Runes(0xa0, 0xd7ff), Runes(0xe000, 0x10ffff));

    public static Gen<string> Of(string sharp, int min, int max) => Gen.OneOf(AnyRuneOf(sharp), Visible).Array[min, max].Select(string.Concat);

    private static Gen<string> AnyRuneOf(string text) => Gen.OneOf([.. text.EnumerateRunes().Select(rune => rune.ToString())]);

    private static Gen<string> Runes(int first, int last) => Gen.Int[first, last].Select(value => new Rune(value).ToString());
}
