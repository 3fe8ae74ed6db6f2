using System.Buffers;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Copies messages to the dead-letter queue with the reason, which SQS's own redrive would not tell.</summary>
/// <param name="queue">Null: there is none, and nothing is copied.</param>
/// <param name="seal">Null: copies carry no HMAC.</param>
internal sealed class DeadLetters(SqsApi sqs, Uri? queue, Loop loop, JsonLog log, RedriveSeal? seal = null)
{
    /// <summary>In bytes.</summary>
    private const int Large = 256 * 1024;

    /// <summary>For the key of the HMAC: the copy itself matters more.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(500);

    private readonly Gate large = new(loop, places: 1);

    /// <returns>True when SQS confirmed the copy.</returns>
    public async Task<bool> BuryAsync(Message message, Delivery delivery, Closing closing)
    {
        // A body that has no UTF-8 form can't be copied either.
        if (queue is null || message.Defect is not null || !message.Queue.IsKnown || !closing.HasTimeFor(ClosingWork.Copy)) return false;

        var start = closing.Begin();
        try
        {
            var attributes = DeadLetter.AttributesOf(message, Failure(message, delivery, await FirstLifeAsync(message, closing)));
            if (!DeadLetter.Fits(message, attributes)) throw new AwsException("The message is larger than SQS takes.");

            if (message.Body.Length + DeadLetter.SizeOf(attributes) < Large) await sqs.SendCopyAsync(message, queue, attributes, closing.Deadline);
            else await SendLargeAsync(message, queue, attributes, closing.Deadline);
            return true;
        }
        // ArgumentException: a text that JSON can't hold.
        catch (Exception e) when (e is AwsException or ArgumentException)
        {
            closing.TellMessage(() => log.CopyFailed(message, e));
            return false;
        }
        finally
        {
            closing.End(ClosingWork.Copy, start);
        }
    }

    /// <summary>One after the other, since a copy may be several times as long as its message.</summary>
    private async Task SendLargeAsync(Message message, Uri to, List<MessageAttribute> attributes, Deadline closing)
    {
        if (!await large.EnterAsync(closing.On(loop))) throw new AwsException("There was no time left to copy the message.");

        try
        {
            await sqs.SendCopyAsync(message, to, attributes, closing);
        }
        finally
        {
            large.Leave();
        }
    }

    /// <summary>For the message's next life.</summary>
    private async ValueTask<FirstLife> FirstLifeAsync(Message message, Closing closing)
    {
        if (seal is null) return new(message.FirstId, Hmac: null);

        var either = closing.Deadline.OrAfter(MaxWait);
        try
        {
            var id = (await seal.IdentifyAsync(message, either)).FirstId;
            return new(id, await seal.MakeAsync(id, message.Body, either));
        }
        catch (Exception e) when (e is CredentialException or OutOfTimeException)
        {
            var why = e is CredentialException ? e.Message : $"It did not come in {MaxWait.TotalSeconds} s.";
            closing.TellMessage(() => log.SecretFailed(seal.Setting, why));
            // What could not be verified goes on as it came, HMAC and all, to be verified in the next life.
            var unverified = message.VerifiedId is null ? DeadLetter.FirstLifeOf(message) : null;
            return unverified is { Hmac: not null } ? unverified : new(message.VerifiedId ?? message.Id, Hmac: null);
        }
    }

    /// <summary>ASCII, because the writer escapes all else.</summary>
    private string Failure(Message message, Delivery delivery, FirstLife first)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("outcome", delivery.Outcome.ToString());
            if (delivery.Status is { } status) json.WriteNumber("status", status);
            else json.WriteNull("status");
            if (delivery.Fault is not Fault.None) json.WriteString("fault", delivery.Fault.ToString());
            if (delivery.Detail is { } detail) json.WriteString("detail", detail);
            if (delivery.Endpoint is { } endpoint) json.WriteString("route", endpoint.Route.Name);
            json.WriteString("endpoint", delivery.Endpoint?.Url ?? "");
            json.WriteNumber("receives", message.ReceiveCount ?? 1);
            // For one version, as it was called before.
            json.WriteNumber("attempts", message.ReceiveCount ?? 1);
            json.WriteString("at", loop.Time.GetUtcNow().UtcDateTime);
            json.WriteString("messageId", first.MessageId);
            json.WriteString("queue", message.Queue.Name);
            if (first.Hmac is { } hmac) json.WriteString("hmac", hmac);
            json.WriteString("response", delivery.Response);
            if (delivery.Reason is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
