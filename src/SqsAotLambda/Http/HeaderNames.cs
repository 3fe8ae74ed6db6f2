using System.Buffers;

namespace SqsAotLambda.Http;

/// <summary>Which headers of a request are free for settings to name.</summary>
internal static class HeaderNames
{
    public const string Allowed = "a header name that no other part of the request uses";

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Hop-by-hop, of the body, or written by the function itself.</summary>
    private static readonly string[] Taken =
    [
        "Connection", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "User-Agent", "traceparent", "tracestate", "X-Amzn-Trace-Id", "Allow", "Expires", "Last-Modified",
    ];

    /// <summary>A header of requests that no other part of the request uses.</summary>
    public static bool IsFree(string name) =>
        IsToken(name)
        && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("X-Aws-Sqsd-", StringComparison.OrdinalIgnoreCase);

    /// <summary>A <see href="https://www.rfc-editor.org/rfc/rfc9110#name-tokens">token</see> of HTTP.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
