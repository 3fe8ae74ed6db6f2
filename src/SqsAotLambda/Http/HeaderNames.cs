namespace SqsAotLambda.Http;

/// <summary>Which headers of a request are free for settings to name.</summary>
internal static class HeaderNames
{
    public const string Allowed = "a header name that no other part of the request uses";

    /// <summary>Hop-by-hop, or written by the function itself.</summary>
    private static readonly string[] Taken =
    [
        "Connection", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "User-Agent", "traceparent", "tracestate", "X-Amzn-Trace-Id",
    ];

    /// <summary>A header of requests that no other part of the request uses.</summary>
    public static bool IsFree(string name)
    {
        // It refuses what is no header name, and headers of a body such as Content-Length.
        using var request = new HttpRequestMessage();
        return request.Headers.TryAddWithoutValidation(name, "")
            && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !name.StartsWith("X-Aws-Sqsd-", StringComparison.OrdinalIgnoreCase);
    }
}
