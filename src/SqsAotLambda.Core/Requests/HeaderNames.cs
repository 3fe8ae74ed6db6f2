using System.Buffers;

using SqsAotLambda.Http;

namespace SqsAotLambda.Requests;

/// <summary>Which headers of a request are free for settings to name.</summary>
internal static class HeaderNames
{
    public const string Allowed = "a header name that no other part of the request uses";

    /// <summary>Of the headers that make a request a CloudEvent.</summary>
    public const string CloudEventPrefix = "ce-";

    /// <summary>Hop-by-hop, of the body, or written by the function itself.</summary>
    private static readonly string[] Taken =
    [
        "Connection", "Expect", "Host", "HTTP2-Settings", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
        "traceparent", "tracestate", "X-Amzn-Trace-Id", "Allow", "Expires", "Last-Modified",
    ];

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Their values are no secrets, by what they are for.</summary>
    private static readonly string[] Public = ["Accept", "Cache-Control", "Content-Type", "Date", "Prefer", "Range", "User-Agent"];

    /// <summary>
    /// They show who calls, say what proxies found out about the caller, or tell host, path or method once more: some servers believe them.
    /// </summary>
    private static readonly string[] NotForMessages =
    [
        "Alt-Used", "Auth-User", "Authorization", "Base-Url", "CDN-Loop", "Client-IP", "Client-Verify", "ClientIp", "Cookie", "Cookie2",
        "Destination", "Disguised-Host", "Early-Data", "Forwarded", "Forwarded-For", "From", "Front-End-Https", "Host-Override",
        "Incap-Client-IP", "Max-Forwards", "Method-Override", "Proxy", "Request-Uri", "Set-Cookie", "Set-Cookie2", "SslClientCert",
        "True-Client-IP", "Via", "X-Anonymous-Consumer", "X-Authorization", "X-Backend-Host", "X-Client", "X-ClientIP",
        "X-Cluster-Client-IP", "X-Custom-IP-Authorization", "X-Dest-Host", "X-Email", "X-Endpoint-API-UserInfo", "X-Google-Real-IP",
        "X-Groups", "X-Host", "X-Id-Token", "X-JWT-Assertion", "X-JWT-Payload", "X-Method", "X-Method-Override", "X-MS-Original-URL",
        "X-NginX-Proxy", "X-Override-URL", "X-Path", "X-Port", "X-Principal", "X-Real", "X-Rewrite", "X-Roles", "X-Scheme", "X-Server-Name",
        "X-Serverless-Authorization", "X-Source-IP", "X-SSL", "X-True-Client-IP", "X-Uri", "X-Url", "X-Url-Scheme", "X-User", "X-User-Id",
        "X-UserId", "X-Userinfo", "X-Username", "X-WAWS-Unencoded-URL",
    ];

    /// <summary>How names of such headers begin.</summary>
    private static readonly string[] NotForMessagesFrom =
    [
        "Akamai-", "CF-", "Client-Cert", "Fastly-", "Fly-", "Impersonate-", "Iv-", "Remote-", "Sec-", "Sm-", "SSL-", "WL-Proxy-",
        "X-Akamai-", "X-Amz-", "X-Amzn-", "X-Apigateway-", "X-AppEngine-", "X-ARR-", "X-Auth-", "X-Authenticated-", "X-Authentik-",
        "X-Azure-", "X-Cert-", "X-Client-", "X-Consumer-", "X-Credential-", "X-Envoy-", "X-Forward", "X-Goog-Authenticated-", "X-Goog-IAP",
        "X-Hasura-", "X-HTTP-", "X-Impersonate-", "X-LDAP-", "X-MS-Client-", "X-MS-Token-", "X-MTLS-", "X-Nf-", "X-Oauth-", "X-Origin",
        "X-Pomerium-", "X-Proxy", "X-Real-", "X-Remote-", "X-Rewrite-", "X-SPIFFE-", "X-SSL-", "X-Sucuri-", "X-TLS-", "X-Traefik-",
        "X-Vercel-", "X-Verified-", "X-WebAuth-",
    ];

    /// <summary>A header of requests that no other part of the request uses.</summary>
    public static bool IsFree(string name) =>
        HeaderText.IsToken(name)
        && !Taken.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("X-Aws-Sqsd-", StringComparison.OrdinalIgnoreCase)
        && !IsOfCloudEvent(name);

    /// <summary>A header that a route may say: one that is free, or with which it says more of the body or of the event.</summary>
    public static bool IsFreeForRoute(string name) => IsFree(name) || IsContentType(name) || (HeaderText.IsToken(name) && IsOfCloudEvent(name));

    public static bool IsOfCloudEvent(string name) => name.StartsWith(CloudEventPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>A value as the header of that name has it; null when that is more than so many bytes, of which no more is made.</summary>
    public static string? TryEncode(string name, string text, int max) =>
        IsOfCloudEvent(name) ? HeaderText.TryEncodeForCloudEvents(text, max) : HeaderText.TryEncode(text, max);

    /// <summary>
    /// One that a message may set, as far as the function itself goes. Of letters, digits and hyphens: an underscore is a hyphen to some servers.
    /// </summary>
    public static bool IsFreeForMessages(string name) =>
        (IsFree(name) || IsContentType(name))
        && IsPlain(name)
        && !NotForMessages.Contains(name, StringComparer.OrdinalIgnoreCase)
        && !Array.Exists(NotForMessagesFrom, start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    /// <summary>Of letters, digits and hyphens.</summary>
    public static bool IsPlain(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(PlainCharacters);

    /// <summary>Some servers read every sign but letters and digits as the same.</summary>
    public static bool AreAlike(string name, string other)
    {
        if (name.Length != other.Length) return false;

        for (var index = 0; index < name.Length; index++)
        {
            var (one, another) = (char.ToLowerInvariant(name[index]), char.ToLowerInvariant(other[index]));
            if (one != another && (char.IsAsciiLetterOrDigit(one) || char.IsAsciiLetterOrDigit(another))) return false;
        }

        return true;
    }

    /// <summary>A header whose value the settings need not hide.</summary>
    public static bool IsPublic(string name) =>
        Public.Contains(name, StringComparer.OrdinalIgnoreCase) || IsOfCloudEvent(name)
        || name.StartsWith("Accept-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("If-", StringComparison.OrdinalIgnoreCase);

    public static bool IsContentType(string name) => name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);
}
