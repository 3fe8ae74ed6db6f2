using System.Text;
using SqsAotLambda.Http;
using SqsAotLambda.Io.OpenSsl;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Credentials;

/// <summary>
/// Tells the dead letters of this function from what a sender writes: only who has the key can make the HMAC in their <c>ForwardFailure</c>. Without
/// it a sender could give its message the idempotency key of another.
/// </summary>
internal sealed class RedriveSeal(SecretSource key, Secrets secrets)
{
    /// <summary>The setting that names the key.</summary>
    public string Setting => key.Entry;

    /// <summary>The message with its first id: that of its <c>ForwardFailure</c> if the HMAC there is right, else its own.</summary>
    /// <exception cref="CredentialException">The key could not be had, and it is needed.</exception>
    /// <exception cref="OutOfTimeException">The deadline passed first.</exception>
    public async ValueTask<Message> IdentifyAsync(Message message, Deadline deadline)
    {
        if (message.VerifiedId is not null || DeadLetter.FirstLifeOf(message) is not { } first) return message;

        var isOurs = first.Hmac is { } hmac && IsSame(hmac, await MakeAsync(first.MessageId, message.Body, deadline));
        return message with { VerifiedId = isOurs ? first.MessageId : message.Id };
    }

    /// <summary>HMAC-SHA256, in lower-case hex, of the id, a line feed and the 32 bytes of the body's SHA-256.</summary>
    /// <inheritdoc cref="IdentifyAsync" path="/exception"/>
    public async ValueTask<string> MakeAsync(string messageId, ReadOnlyMemory<byte> body, Deadline deadline)
    {
        var secret = await secrets.ReadAsync(key, deadline);
        var hash = Sha256.Hmac(Encoding.UTF8.GetBytes(secret), [.. Encoding.UTF8.GetBytes($"{messageId}\n"), .. Sha256.Hash(body.Span)]);
        return Convert.ToHexStringLower(hash);
    }

    private static bool IsSame(string given, string right) =>
        Sha256.AreSame(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));
}
