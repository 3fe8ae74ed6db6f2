using SqsAotLambda.Http;

namespace SqsAotLambda.Sqs;

/// <summary>Values of a JSON text that were looked for. It remembers no more of them than the text is worth.</summary>
internal sealed class FoundValues(ReadOnlyMemory<byte> json)
{
    /// <summary>In bytes of the text, for each value that is remembered beyond the first few.</summary>
    private const int BytesPerValue = 128;

    /// <summary>In bytes: a shorter text is looked through in no time.</summary>
    private const int Long = 16 * 1024;

    private readonly List<(JsonPointer Pointer, ReadOnlyMemory<byte> Value)> found = new(1);

    public bool AreOf(ReadOnlyMemory<byte> text) => json.Equals(text);

    /// <param name="isOver">Whether the time for it is; null: it is never.</param>
    /// <exception cref="OutOfTimeException">It is, and the text is long.</exception>
    public ReadOnlyMemory<byte> At(JsonPointer pointer, Func<bool>? isOver)
    {
        foreach (var (known, value) in found)
        {
            if (known.Text == pointer.Text) return value;
        }

        if (json.Length > Long && isOver?.Invoke() is true) throw new OutOfTimeException();

        var searched = pointer.Find(json);
        if (found.Count < 4 + (json.Length / BytesPerValue)) found.Add((pointer, searched));
        return searched;
    }
}
