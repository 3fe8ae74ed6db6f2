namespace SqsAotLambda.Requests;

/// <summary>The headers that messages may set: some by themselves, and those that a route adds, each by its name or by how it begins.</summary>
/// <param name="added">As the settings have them; <c>*</c> ends the beginning of names.</param>
internal sealed class AllowedHeaders(IReadOnlyList<string> added)
{
    public const int Max = 100;

    public const string Allowed = "a header name of letters, digits and hyphens, or the beginning of such names with * behind it";

    private static readonly string[] Default = ["Accept", "Accept-Language", "Content-Type", "If-*", "Prefer", "X-Request-Id", "X-Correlation-Id"];

    /// <summary>Those that the route adds, as they are written.</summary>
    public IReadOnlyList<string> Added => added;

    public bool Allow(string name) => Default.Any(each => Fits(each, name)) || added.Any(each => Fits(each, name));

    public static bool IsAllowed(string text) => HeaderNames.IsPlain(text.EndsWith('*') ? text.AsSpan(..^1) : text);

    /// <summary>False for a header that no message may set, and for the beginning of such headers alone.</summary>
    /// <param name="text">As it is <see cref="Allowed"/>.</param>
    /// <param name="taken">Names of headers that every request of the route has.</param>
    public static bool MayBe(string text, IReadOnlyList<string> taken)
    {
        if (!text.EndsWith('*')) return HeaderNames.IsFreeForMessages(text) && !taken.Any(name => HeaderNames.AreAlike(name, text));

        // Of a wide family those that are not free for messages stay refused.
        var start = text[..^1];
        return HeaderNames.IsFreeForMessages(start) && HeaderNames.IsFreeForMessages(start + "x");
    }

    private static bool Fits(string allowed, string name) => allowed.EndsWith('*')
        ? name.AsSpan().StartsWith(allowed.AsSpan(..^1), StringComparison.OrdinalIgnoreCase)
        : name.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}
