namespace SqsAotLambda.Sqs;

/// <summary>Values of a JSON text that were looked for. It remembers no more of them than the text is worth.</summary>
internal sealed class FoundValues(ReadOnlyMemory<byte> json)
{
    /// <summary>In bytes of the text, for each value that is remembered beyond the first few.</summary>
    private const int BytesPerValue = 128;

    private readonly List<(JsonPointer Pointer, ReadOnlyMemory<byte> Value)> found = new(1);

    public bool AreOf(ReadOnlyMemory<byte> text) => json.Equals(text);

    public ReadOnlyMemory<byte> At(JsonPointer pointer)
    {
        foreach (var (known, value) in found)
        {
            if (known.Text == pointer.Text) return value;
        }

        var searched = pointer.Find(json);
        if (found.Count < 4 + (json.Length / BytesPerValue)) found.Add((pointer, searched));
        return searched;
    }
}
