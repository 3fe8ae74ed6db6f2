using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>Signs the body alone, in lower-case hex, as GitHub and many others do.</summary>
internal sealed class HmacSha256(HmacSha256Entry entry, Secrets secrets) : Signature
{
    public override async ValueTask SignAsync(Request request, string messageId, Deadline deadline)
    {
        var secret = await secrets.ReadAsync(entry.Secret, deadline);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), request.Body.GetValueOrDefault().Span);
        request.Set(entry.Header, entry.Prefix + Convert.ToHexStringLower(hash));
        request.Conceal(secret);
    }
}
