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
internal abstract record CredentialEntry(string Name) : AuthEntry(Name);

/// <summary>What a route may name as its <c>sign</c>.</summary>
internal abstract record SignatureEntry(string Name) : AuthEntry(Name);

internal sealed record BearerEntry(string Name, SecretSource Token) : CredentialEntry(Name)
{
    public override string Summary => "bearer";

    public override IEnumerable<SecretSource> Secrets => [Token];

    public override IReadOnlyList<string> Headers => ["Authorization"];
}

internal sealed record OAuth2Entry(
    string Name, Uri TokenUrl, string ClientId, SecretSource ClientSecret, string? Scope, string? Audience) : CredentialEntry(Name)
{
    public override string Summary => $"oauth2 of {TokenUrl.GetLeftPart(UriPartial.Path)}";

    public override IEnumerable<SecretSource> Secrets => [ClientSecret];

    public override IReadOnlyList<string> Headers => ["Authorization"];
}

internal sealed record BasicEntry(string Name, string Username, SecretSource Password) : CredentialEntry(Name)
{
    public override string Summary => "basic";

    public override IEnumerable<SecretSource> Secrets => [Password];

    public override IReadOnlyList<string> Headers => ["Authorization"];
}

internal sealed record HeaderEntry(string Name, string Header, SecretSource Value) : CredentialEntry(Name)
{
    public override string Summary => $"header {Header}";

    public override IEnumerable<SecretSource> Secrets => [Value];

    public override IReadOnlyList<string> Headers => [Header];
}

internal sealed record SigV4Entry(string Name, string Service, string Region) : CredentialEntry(Name)
{
    public override string Summary => $"sigv4 for {Service} in {Region}";

    public override IEnumerable<SecretSource> Secrets => [];

    /// <summary>A role always has a session.</summary>
    public override IReadOnlyList<string> Headers => ["x-amz-date", "x-amz-security-token", "Authorization"];
}

/// <param name="Previous">Signs too while receivers change over from it; null: there is none.</param>
internal sealed record StandardWebhooksEntry(string Name, SecretSource Secret, SecretSource? Previous) : SignatureEntry(Name)
{
    public override string Summary => "standard-webhooks";

    public override IEnumerable<SecretSource> Secrets => Previous is null ? [Secret] : [Secret, Previous];

    public override IReadOnlyList<string> Headers => ["webhook-id", "webhook-timestamp", "webhook-signature"];
}

/// <param name="Prefix">Before the signature; may be empty.</param>
internal sealed record HmacSha256Entry(string Name, string Header, string Prefix, SecretSource Secret) : SignatureEntry(Name)
{
    public override string Summary => $"hmac-sha256 in {Header}";

    public override IEnumerable<SecretSource> Secrets => [Secret];

    public override IReadOnlyList<string> Headers => [Header];
}
