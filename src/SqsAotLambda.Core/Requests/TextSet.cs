using System.Text.Json;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>Texts that a value of a message may be. A value that is longer than all of them is not decoded.</summary>
internal sealed class TextSet
{
    private const int MaxOnStack = 256;

    private readonly HashSet<string> texts;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> lookup;
    private readonly int longest;

    public TextSet(IReadOnlyCollection<string> texts)
    {
        this.texts = new(texts, StringComparer.Ordinal);
        lookup = this.texts.GetAlternateLookup<ReadOnlySpan<char>>();
        longest = texts.Select(text => text.Length).DefaultIfEmpty(-1).Max();
    }

    public bool Contains(string text) => text.Length <= longest && texts.Contains(text);

    /// <param name="json">A string of JSON, with its quotes.</param>
    public bool Contains(ReadOnlySpan<byte> json)
    {
        if (json.Length - 2 > JsonString.MaxEscape * (long)longest) return false;

        var text = json.Length <= MaxOnStack ? stackalloc char[MaxOnStack] : new char[json.Length];
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return JsonText.Copy(ref reader, text) is { } length && lookup.Contains(text[..length]);
    }
}
