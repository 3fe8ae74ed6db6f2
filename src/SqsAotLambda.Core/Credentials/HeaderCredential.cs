using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>A header made of one secret: a bearer token, user name and password, an API key.</summary>
/// <param name="scheme">What the header's value begins with.</param>
/// <param name="encode">Makes the rest of it of the secret.</param>
internal sealed class HeaderCredential(string header, SecretSource secret, string scheme, Func<string, string> encode, Secrets secrets) : Credential
{
    public override async ValueTask AuthorizeAsync(Request request, Deadline deadline)
    {
        var value = await secrets.ReadAsync(secret, deadline);
        var encoded = encode(value);
        request.Set(header, scheme + encoded);
        request.Conceal(value);
        request.Conceal(encoded);
    }

    public override void Refused() => secrets.Refused(secret);
}
