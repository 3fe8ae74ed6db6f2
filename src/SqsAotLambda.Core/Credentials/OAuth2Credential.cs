using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>A bearer token that a token endpoint gives; kept until shortly before it expires.</summary>
internal sealed class OAuth2Credential(string name, TokenEndpoint endpoint, Loop loop, JsonLog log) : Credential
{
    private readonly Cached<string> token = new(endpoint.FetchAsync, why => log.SecretFailed(name, why), loop);

    public override async ValueTask AuthorizeAsync(Request request, Deadline deadline)
    {
        var value = await token.GetAsync(deadline);
        request.Set("Authorization", $"Bearer {value}");
        request.Conceal(value);
    }

    public override void Refused() => token.Refused();
}

internal sealed record OAuth2Entry(
    string Name, Uri TokenUrl, string ClientId, SecretSource ClientSecret, string? Scope, string? Audience) : CredentialEntry(Name)
{
    public override string Summary => $"oauth2 of {TokenUrl.GetLeftPart(UriPartial.Path)}";

    public override IEnumerable<SecretSource> Secrets => [ClientSecret];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    public static AuthEntry Read(EntryReader read) => new OAuth2Entry(
        read.Name,
        read.Url("tokenUrl"),
        read.Printable("clientId"),
        read.Secret("clientSecret", SecretForm.HeaderValue),
        read.OptionalPrintable("scope"),
        read.OptionalPrintable("audience"));

    public override Credential Make(Means means) =>
        new OAuth2Credential(Name, new(this, means.Secrets, means.Connections, means.Loop.Time), means.Loop, means.Log);
}
