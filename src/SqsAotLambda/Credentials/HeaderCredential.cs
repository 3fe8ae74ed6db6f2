using System.Text;

namespace SqsAotLambda.Credentials;

/// <summary>A header made of one secret: a bearer token, user name and password, an API key.</summary>
/// <param name="format">Makes the header's value of the secret.</param>
internal sealed class HeaderCredential(string header, SecretSource secret, Func<string, string> format, Secrets secrets) : Credential
{
    public HeaderCredential(BearerEntry entry, Secrets secrets)
        : this("Authorization", entry.Token, token => $"Bearer {token}", secrets) { }

    /// <summary><see href="https://www.rfc-editor.org/rfc/rfc7617"/>, in UTF-8.</summary>
    public HeaderCredential(BasicEntry entry, Secrets secrets)
        : this("Authorization", entry.Password, password => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{entry.Username}:{password}"))}", secrets) { }

    public HeaderCredential(HeaderEntry entry, Secrets secrets)
        : this(entry.Header, entry.Value, value => value, secrets) { }

    public override async ValueTask AuthorizeAsync(HttpRequestMessage request, ReadOnlyMemory<byte> body, CancellationToken deadline) =>
        request.Set(header, format(await secrets.ReadAsync(secret, deadline)));

    public override void Refused() => secrets.Refused(secret);
}
