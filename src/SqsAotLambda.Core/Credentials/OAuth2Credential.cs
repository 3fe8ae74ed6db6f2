using SqsAotLambda.Http;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>A bearer token that a token endpoint gives; kept until shortly before it expires.</summary>
internal sealed class OAuth2Credential(string name, TokenEndpoint endpoint, TimeProvider time, JsonLog log) : Credential
{
    private readonly Cached<string> token = new(endpoint.FetchAsync, why => log.SecretFailed(name, why), time);

    public override async ValueTask AuthorizeAsync(Request request, Deadline deadline)
    {
        var value = await token.GetAsync(deadline);
        request.Set("Authorization", $"Bearer {value}");
        request.Conceal(value);
    }

    public override void Refused() => token.Refused();
}
