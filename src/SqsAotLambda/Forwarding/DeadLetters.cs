using System.Buffers;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Aws;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Copies messages to the dead-letter queue with the reason, which SQS's own redrive would not tell.</summary>
/// <param name="queue">Null: there is none, and nothing is copied.</param>
internal sealed class DeadLetters(SqsApi sqs, Uri? queue, TimeProvider time, Log log)
{
    /// <returns>True when SQS confirmed the copy.</returns>
    public async Task<bool> BuryAsync(Message message, Delivery delivery, Closing closing)
    {
        // A body that has no UTF-8 form can't be copied either.
        if (queue is null || message.Defect is not null || !message.Queue.IsKnown || !closing.HasTimeFor(ClosingWork.Copy)) return false;

        var start = closing.Begin();
        try
        {
            await sqs.SendCopyAsync(message, queue, DeadLetter.AttributesOf(message, Failure(message, delivery)), closing.Token);
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

    /// <summary>ASCII, because the writer escapes all else.</summary>
    private string Failure(Message message, Delivery delivery)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("outcome", delivery.Outcome.ToString());
            if (delivery.Status is { } status) json.WriteNumber("status", status);
            else json.WriteNull("status");
            json.WriteString("endpoint", delivery.Endpoint?.Url ?? "");
            json.WriteNumber("attempts", message.ReceiveCount ?? 1);
            json.WriteString("at", time.GetUtcNow().UtcDateTime);
            json.WriteString("messageId", message.FirstId);
            json.WriteString("response", delivery.Response);
            if (delivery.Reason is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
