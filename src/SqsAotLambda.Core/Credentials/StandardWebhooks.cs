using System.Globalization;
using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Io.OpenSsl;

namespace SqsAotLambda.Credentials;

/// <summary>
/// Signs as <see href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</see>
/// v1 has it; with two secrets twice, so that receivers can change over.
/// </summary>
internal sealed class StandardWebhooks(StandardWebhooksEntry entry, Secrets secrets, TimeProvider time) : Signature
{
    public override async ValueTask SignAsync(Request request, string messageId, Deadline deadline)
    {
        // The full stop ends the id in what is signed.
        var id = HeaderText.Encode(messageId).Replace(".", "%2E", StringComparison.Ordinal);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.ASCII.GetBytes($"{id}.{timestamp}.");
        var signatures = await SignAsync(request, entry.Secret, signed, deadline);
        if (entry.Previous is { } previous) signatures += $" {await SignAsync(request, previous, signed, deadline)}";

        request.Set("webhook-id", id);
        request.Set("webhook-timestamp", timestamp);
        request.Set("webhook-signature", signatures);
    }

    private async ValueTask<string> SignAsync(Request request, SecretSource source, byte[] signed, Deadline deadline)
    {
        var secret = await secrets.ReadAsync(source, deadline);
        var key = SecretForm.WebhookKeyOf(secret)!;
        // Receivers may hold it without its prefix.
        request.Conceal(Convert.ToBase64String(key));
        var hash = Sha256.Hmac(key, [.. signed, .. request.Body.GetValueOrDefault().Span]);
        return $"v1,{Convert.ToBase64String(hash)}";
    }
}

/// <param name="Previous">Signs too while receivers change over from it; null: there is none.</param>
internal sealed record StandardWebhooksEntry(string Name, SecretSource Secret, SecretSource? Previous) : SignatureEntry(Name)
{
    public override string Summary => "standard-webhooks";

    public override IEnumerable<SecretSource> Secrets => Previous is null ? [Secret] : [Secret, Previous];

    public override IReadOnlyList<string> Headers => ["webhook-id", "webhook-timestamp", "webhook-signature"];

    public static AuthEntry Read(EntryReader read) => new StandardWebhooksEntry(
        read.Name, read.Secret("secret", SecretForm.WebhookKey), read.OptionalSecret("previous", SecretForm.WebhookKey));

    public override Signature Make(Means means) => new StandardWebhooks(this, means.Secrets, means.Loop.Time);
}
