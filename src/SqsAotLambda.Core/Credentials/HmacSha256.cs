using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Credentials;

/// <summary>Signs the body alone, in lower-case hex, as GitHub and many others do.</summary>
internal sealed class HmacSha256(HmacSha256Entry entry, Secrets secrets) : Signature
{
    public override async ValueTask SignAsync(Request request, string messageId, Deadline deadline)
    {
        var secret = await secrets.ReadAsync(entry.Secret, deadline);
        var hash = Sha256.Hmac(Encoding.UTF8.GetBytes(secret), request.Body.GetValueOrDefault().Span);
        request.Set(entry.Header, entry.Prefix + Convert.ToHexStringLower(hash));
        request.Conceal(secret);
    }
}

/// <param name="Prefix">Before the signature; may be empty.</param>
internal sealed record HmacSha256Entry(string Name, string Header, string Prefix, SecretSource Secret) : SignatureEntry(Name)
{
    public override string Summary => $"hmac-sha256 in {Header}";

    public override IEnumerable<SecretSource> Secrets => [Secret];

    public override IReadOnlyList<string> Headers => [Header];

    public static AuthEntry Read(EntryReader read) => new HmacSha256Entry(
        read.Name, read.Header("header"), read.OptionalPrintable("prefix") ?? "", read.Secret("secret", SecretForm.Key));

    public override Signature Make(Means means) => new HmacSha256(this, means.Secrets);
}
