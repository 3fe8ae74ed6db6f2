using CsCheck;

namespace SqsAotLambda.Tests.Support;

/// <summary>Bytes of which some are changed, dropped, doubled or moved, or all of them cut.</summary>
internal sealed record Mutated(byte[] Bytes)
{
    /// <summary>In bytes, on each side of the first change, in a message.</summary>
    private const int Around = 200;

    private int At { get; init; }

    public static Gen<Mutated> AnyOf(params byte[][] originals) => Gen.Select(Gen.OneOf(originals), Change.Any.Array[1, 5], Of);

    /// <summary>Where they differ first from what they were.</summary>
    public override string ToString() =>
        $"{Shown.Bytes(Bytes.AsSpan(Math.Max(0, At - Around)..Math.Min(Bytes.Length, At + Around)))} ({Bytes.Length} bytes, changed at {At})";

    private static Mutated Of(byte[] original, Change[] changes)
    {
        var mutated = original.ToList();
        foreach (var change in changes.TakeWhile(_ => mutated.Count > 1)) change.Apply(mutated);

        byte[] bytes = [.. mutated];
        return new(bytes) { At = bytes.AsSpan().CommonPrefixLength(original) };
    }

    /// <param name="At">Of as many bytes as there are.</param>
    private sealed record Change(int Kind, int At, int From, int Length, byte Value)
    {
        private const int Far = 1_000_000;

        public static readonly Gen<Change> Any = Gen.Select(
            Gen.Int[0, 5], Gen.Int[0, Far], Gen.Int[0, Far], Gen.Int[0, Far], Gen.Byte, (kind, at, from, length, value) =>
                new Change(kind, at, from, length, value));

        public void Apply(List<byte> bytes)
        {
            var at = At % bytes.Count;
            switch (Kind)
            {
                case 0: bytes.RemoveAt(at); break;
                case 1: bytes.Insert(at, "\r\n\0 :;,\"{}[]0f9\\"u8[Value % 16]); break;
                case 2: bytes[at] = Value; break;
                case 3: bytes[at] ^= (byte)(1 << (Value % 8)); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(From % (at + 1), Length % (bytes.Count - at) / 2)); break;
                default: bytes.RemoveRange(at, Length % (bytes.Count - at)); break;
            }
        }
    }
}
