using System.Security.Cryptography;
using System.Text;

namespace SqsAotLambda.Credentials;

/// <summary>Signs the body alone, in lower-case hex, as GitHub and many others do.</summary>
internal sealed class HmacSha256(HmacSha256Entry entry, Secrets secrets) : Signature
{
    public override async ValueTask SignAsync(HttpRequestMessage request, string messageId, ReadOnlyMemory<byte> body, CancellationToken deadline)
    {
        var secret = await secrets.ReadAsync(entry.Secret, deadline);
        request.Set(entry.Header, $"{entry.Prefix}{Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body.Span))}");
        request.Conceal(secret);
    }
}
