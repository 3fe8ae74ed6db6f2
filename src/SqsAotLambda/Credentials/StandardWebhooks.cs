using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SqsAotLambda.Http;

namespace SqsAotLambda.Credentials;

/// <summary>
/// Signs as <see href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard Webhooks</see>
/// v1 has it; with two secrets twice, so that receivers can change over.
/// </summary>
internal sealed class StandardWebhooks(StandardWebhooksEntry entry, Secrets secrets, TimeProvider time) : Signature
{
    public override async ValueTask SignAsync(HttpRequestMessage request, string messageId, ReadOnlyMemory<byte> body, CancellationToken deadline)
    {
        // The full stop ends the id in what is signed.
        var id = HeaderText.Encode(messageId).Replace(".", "%2E", StringComparison.Ordinal);
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = Encoding.ASCII.GetBytes($"{id}.{timestamp}.");
        var signatures = Sign(await secrets.ReadAsync(entry.Secret, deadline), signed, body);
        if (entry.Previous is { } previous) signatures += $" {Sign(await secrets.ReadAsync(previous, deadline), signed, body)}";

        request.Set("webhook-id", id);
        request.Set("webhook-timestamp", timestamp);
        request.Set("webhook-signature", signatures);
    }

    private static string Sign(string secret, byte[] signed, ReadOnlyMemory<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, SecretForm.WebhookKeyOf(secret)!);
        hash.AppendData(signed);
        hash.AppendData(body.Span);
        return $"v1,{Convert.ToBase64String(hash.GetHashAndReset())}";
    }
}
