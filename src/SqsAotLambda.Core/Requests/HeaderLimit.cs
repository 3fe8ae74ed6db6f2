using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>
/// Adds headers made of a message, none of them longer than common servers take. A header's length is that of its name and value as they
/// are sent; the head has the lengths of its headers and of the request line.
/// </summary>
/// <param name="max">In bytes, of one header; the head may have four times that.</param>
/// <param name="setting">The name of the setting that can change it.</param>
internal sealed class HeaderLimit(int max, string setting)
{
    private readonly int maxHead = 4 * max;

    public string Setting => setting;

    /// <summary>In bytes, of a header.</summary>
    public int Max => max;

    /// <summary>Adds a header that only repeats what the message says, or leaves it out where it is too long.</summary>
    public void Repeat(Request request, string name, string text)
    {
        var room = Math.Min(max, maxHead - request.OptionalLength) - name.Length;
        if (HeaderNames.TryEncode(name, text, room) is { } value) request.AddOptional(name, value);
        else request.LeaveOut(name);
    }

    /// <summary>Adds a header that the request can't do without.</summary>
    /// <param name="text">Null: too long.</param>
    /// <returns>Why it can't be added; null: it was.</returns>
    public string? Add(Request request, string name, string? text)
    {
        if (text is null || HeaderNames.TryEncode(name, text, max - name.Length) is not { } value) return FaultOf(name);

        request.Add(name, value);
        return null;
    }

    public bool Allows(string name, string value) => name.Length + value.Length <= max;

    /// <summary>Leaves out, if it must, what only repeats what the message says.</summary>
    /// <returns>Why the head is too long all the same; null: it is not.</returns>
    public string? Shorten(Request request) =>
        request.TryShorten(maxHead) ? null : $"the head of the request is longer than {maxHead} bytes, four times {setting}";

    /// <summary>Of a header that is too long.</summary>
    public string FaultOf(string name) => $"the header {name} is longer than {this}";

    /// <summary>In words.</summary>
    public override string ToString() => $"{max} bytes with its name, which {setting} can change";
}
