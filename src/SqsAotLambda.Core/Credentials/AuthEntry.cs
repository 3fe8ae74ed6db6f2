using System.Text;
using SqsAotLambda.Aws;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;

namespace SqsAotLambda.Credentials;

/// <summary>A credential or a signature as the settings have it.</summary>
internal abstract record AuthEntry(string Name)
{
    /// <summary>Its type and what is no secret of it.</summary>
    public abstract string Summary { get; }

    public abstract IEnumerable<SecretSource> Secrets { get; }

    /// <summary>That it sets in each request, in this order.</summary>
    public abstract IReadOnlyList<string> Headers { get; }
}

/// <summary>What a route may name as its <c>auth</c>.</summary>
internal abstract record CredentialEntry(string Name) : AuthEntry(Name)
{
    public abstract Credential Make(Means means);
}

/// <summary>What a route may name as its <c>sign</c>.</summary>
internal abstract record SignatureEntry(string Name) : AuthEntry(Name)
{
    public abstract Signature Make(Means means);
}

internal sealed record BearerEntry(string Name, SecretSource Token) : CredentialEntry(Name)
{
    public override string Summary => "bearer";

    public override IEnumerable<SecretSource> Secrets => [Token];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    public override Credential Make(Means means) => new HeaderCredential("Authorization", Token, "Bearer ", token => token, means.Secrets);
}

internal sealed record OAuth2Entry(
    string Name, Uri TokenUrl, string ClientId, SecretSource ClientSecret, string? Scope, string? Audience) : CredentialEntry(Name)
{
    public override string Summary => $"oauth2 of {TokenUrl.GetLeftPart(UriPartial.Path)}";

    public override IEnumerable<SecretSource> Secrets => [ClientSecret];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    public override Credential Make(Means means) =>
        new OAuth2Credential(Name, new(this, means.Secrets, means.Connections, means.Time), means.Time, means.Log);
}

internal sealed record BasicEntry(string Name, string Username, SecretSource Password) : CredentialEntry(Name)
{
    public override string Summary => "basic";

    public override IEnumerable<SecretSource> Secrets => [Password];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    /// <remarks><see href="https://www.rfc-editor.org/rfc/rfc7617"/>, in UTF-8.</remarks>
    public override Credential Make(Means means) => new HeaderCredential(
        "Authorization",
        Password,
        "Basic ",
        password => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{password}")),
        means.Secrets);
}

internal sealed record HeaderEntry(string Name, string Header, SecretSource Value) : CredentialEntry(Name)
{
    public override string Summary => $"header {Header}";

    public override IEnumerable<SecretSource> Secrets => [Value];

    public override IReadOnlyList<string> Headers => [Header];

    public override Credential Make(Means means) => new HeaderCredential(Header, Value, "", value => value, means.Secrets);
}

internal sealed record SigV4Entry(string Name, string Service, string Region) : CredentialEntry(Name)
{
    public override string Summary => $"sigv4 for {Service} in {Region}";

    public override IEnumerable<SecretSource> Secrets => [];

    /// <summary>A role always has a session.</summary>
    public override IReadOnlyList<string> Headers => ["x-amz-date", "x-amz-security-token", "Authorization"];

    public override Credential Make(Means means) => new SigV4Credential(this, means.Keys, means.Time);
}

/// <param name="Previous">Signs too while receivers change over from it; null: there is none.</param>
internal sealed record StandardWebhooksEntry(string Name, SecretSource Secret, SecretSource? Previous) : SignatureEntry(Name)
{
    public override string Summary => "standard-webhooks";

    public override IEnumerable<SecretSource> Secrets => Previous is null ? [Secret] : [Secret, Previous];

    public override IReadOnlyList<string> Headers => ["webhook-id", "webhook-timestamp", "webhook-signature"];

    public override Signature Make(Means means) => new StandardWebhooks(this, means.Secrets, means.Time);
}

/// <param name="Prefix">Before the signature; may be empty.</param>
internal sealed record HmacSha256Entry(string Name, string Header, string Prefix, SecretSource Secret) : SignatureEntry(Name)
{
    public override string Summary => $"hmac-sha256 in {Header}";

    public override IEnumerable<SecretSource> Secrets => [Secret];

    public override IReadOnlyList<string> Headers => [Header];

    public override Signature Make(Means means) => new HmacSha256(this, means.Secrets);
}

/// <summary>What credentials and signatures are made with.</summary>
/// <param name="Connections">To token endpoints.</param>
/// <param name="Keys">Null when the environment has none.</param>
internal sealed record Means(Secrets Secrets, ConnectionPool Connections, AwsCredentials? Keys, TimeProvider Time, JsonLog Log);
