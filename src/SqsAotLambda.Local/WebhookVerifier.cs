using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SqsAotLambda.Local;

/// <summary>Verifies signatures as a receiver of Standard Webhooks v1 does.</summary>
/// <remarks>https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md</remarks>
internal sealed class WebhookVerifier(byte[] key, TimeProvider time)
{
    private const string Version = "v1,";

    /// <summary>How far the time of a signature may be from now, so that an old request is of no use to others.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <param name="id">The header <c>webhook-id</c>; null when there is none, as for the other two.</param>
    /// <param name="signatures">Several are separated by spaces; one that fits is enough.</param>
    public bool Verifies(string? id, string? timestamp, string? signatures, byte[] body)
    {
        if (id is null || signatures is null || !IsRecent(timestamp)) return false;

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(key, signed);
        return signatures.Split(' ').Any(signature => Is(signature, expected));
    }

    private bool IsRecent(string? timestamp) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - (double)seconds) <= Tolerance.TotalSeconds;

    private static bool Is(string signature, byte[] expected)
    {
        var given = new byte[expected.Length];
        return signature.StartsWith(Version, StringComparison.Ordinal)
            && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
            && CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), expected);
    }
}
