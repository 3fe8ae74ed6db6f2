using System.Text;
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

internal sealed record BearerEntry(string Name, SecretSource Token) : CredentialEntry(Name)
{
    public override string Summary => "bearer";

    public override IEnumerable<SecretSource> Secrets => [Token];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    public static AuthEntry Read(EntryReader read) => new BearerEntry(read.Name, read.Secret("token", SecretForm.HeaderValue));

    public override Credential Make(Means means) => new HeaderCredential("Authorization", Token, "Bearer ", token => token, means.Secrets);
}

/// <remarks><see href="https://www.rfc-editor.org/rfc/rfc7617"/>, in UTF-8.</remarks>
internal sealed record BasicEntry(string Name, string Username, SecretSource Password) : CredentialEntry(Name)
{
    public override string Summary => "basic";

    public override IEnumerable<SecretSource> Secrets => [Password];

    public override IReadOnlyList<string> Headers => ["Authorization"];

    public static AuthEntry Read(EntryReader read) => new BasicEntry(
        read.Name,
        read.Text("username", "a text without colons and control characters", text => !text.Contains(':') && !text.Any(char.IsControl)),
        read.Secret("password", SecretForm.Password));

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

    public static AuthEntry Read(EntryReader read) =>
        new HeaderEntry(read.Name, read.Header("name"), read.Secret("value", SecretForm.HeaderValue));

    public override Credential Make(Means means) => new HeaderCredential(Header, Value, "", value => value, means.Secrets);
}
