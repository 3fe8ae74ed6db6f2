using System.Globalization;

namespace SqsAotLambda.Forwarding;

/// <summary>Reads the headers by which an endpoint asks for fewer requests.</summary>
internal static class ThrottlingHeaders
{
    /// <summary>The three date forms of <see href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7">RFC 9110</see>.</summary>
    private static readonly string[] DateForms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy"];

    /// <summary>The wait that a <c>Retry-After</c> asks for: whole seconds, rounded up; null when it is negative or unreadable.</summary>
    public static TimeSpan? RetryAfter(string value, DateTimeOffset now)
    {
        if (decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
            return TimeSpan.FromSeconds((long)Math.Min(Math.Ceiling(seconds), int.MaxValue));

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowInnerWhite;
        if (!DateTimeOffset.TryParseExact(value, DateForms, CultureInfo.InvariantCulture, Utc, out var date)) return null;

        return date > now ? TimeSpan.FromSeconds(Math.Ceiling((date - now).TotalSeconds)) : TimeSpan.Zero;
    }

    /// <summary>
    /// A <c>RateLimit</c> item with <c>r=0</c>, as in <c>"default";r=0;t=30</c>
    /// (<see href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/">draft-ietf-httpapi-ratelimit-headers</see>).
    /// </summary>
    public static bool QuotaSpent(string rateLimit) =>
        rateLimit.Split(',', ';').Any(parameter => parameter.Trim() == "r=0");
}
