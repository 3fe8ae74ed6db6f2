using System.Globalization;
using System.Text;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Aws;

/// <summary>Signs requests: <see href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"/>.</summary>
internal sealed class SigV4(AwsCredentials credentials, string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of the <c>Authorization</c> header.</summary>
    /// <param name="path">As it is sent, percent-encoded; its segments are encoded once more, as all services but S3 have it.</param>
    /// <param name="query">Names and values, not encoded.</param>
    /// <param name="headers">Those to sign, <c>host</c> and <c>x-amz-date</c> among them.</param>
    public string Authorization(
        string method, string path, IEnumerable<NameValue> query, IEnumerable<NameValue> headers, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        var signed = headers.Select(header => new NameValue(header.Name.ToLowerInvariant(), OneSpaced(header.Value)))
            .OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(header => header.Name));
        var parameters = query.Select(each => new NameValue(Uri.EscapeDataString(each.Name), Uri.EscapeDataString(each.Value)))
            .OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Value, StringComparer.Ordinal);
        var canonical = string.Join(
            '\n',
            method,
            Canonical(path),
            string.Join('&', parameters.Select(each => $"{each.Name}={each.Value}")),
            string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n")),
            names,
            Hex(Sha256.Hash(body)));

        var scope = $"{at.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}/{region}/{service}/aws4_request";
        var text = string.Join('\n', Algorithm, Timestamp(at), scope, Hex(Sha256.Hash(Encoding.UTF8.GetBytes(canonical))));
        var signature = Hex(Hash(SigningKey(at), text));
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    /// <summary>The value of <c>X-Amz-Date</c>.</summary>
    public static string Timestamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The names and values of a query as it is sent.</summary>
    /// <param name="query">With or without its <c>?</c>.</param>
    public static IEnumerable<NameValue> Parameters(string query) =>
        (query.StartsWith('?') ? query[1..] : query).Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(each => each.Split('=', 2))
            .Select(each => new NameValue(Decode(each[0]), each.Length == 2 ? Decode(each[1]) : ""));

    internal byte[] SigningKey(DateTimeOffset at)
    {
        var day = Hash(
            Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        return Hash(Hash(Hash(day, region), service), "aws4_request");
    }

    /// <summary>
    /// Without empty segments: <see
    /// href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request"/>.
    /// </summary>
    private static string Canonical(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.EscapeDataString).ToList();
        return $"/{string.Join('/', segments)}{(segments.Count > 0 && path.EndsWith('/') ? "/" : "")}";
    }

    private static string OneSpaced(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    // A plus is a space, as AWS's SDKs for Go and Rust read it.
    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private static byte[] Hash(byte[] key, string text) => Sha256.Hmac(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>A header, or a parameter of a query.</summary>
internal sealed record NameValue(string Name, string Value);
