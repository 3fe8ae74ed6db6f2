using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Aws;

/// <summary>A message whose visibility is to change.</summary>
internal sealed record Postponement(Message Message, TimeSpan Delay);

/// <summary>The two calls of SQS that the function makes itself, about messages of queues that are known.</summary>
/// <param name="endpoint">Used in the place of AWS's own (<c>AWS_ENDPOINT_URL_SQS</c>); null: AWS's own of the queue's region.</param>
internal sealed class SqsApi(AwsCall aws, Uri? endpoint)
{
    /// <summary>
    /// At most so many entries a call:
    /// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html.
    /// </summary>
    public const int MaxEntries = 10;

    /// <summary>In bytes: ten entries that failed take a few thousand, and ten calls are under way at once.</summary>
    public const int MaxAnswer = 32 * 1024;

    /// <summary>Changes the visibility of up to ten messages of one queue.</summary>
    /// <returns>How many SQS did not confirm.</returns>
    /// <exception cref="AwsException">SQS refused the call as a whole, or did not answer in time.</exception>
    public async Task<int> ChangeVisibilityAsync(IReadOnlyList<Postponement> messages, Deadline closing)
    {
        var queue = messages[0].Message.Queue;
        using var answer = await aws(
            EndpointOf(queue), queue.Region, "AmazonSQS.ChangeMessageVisibilityBatch", VisibilityBody(queue, messages), closing);
        // An id in neither list counts as not confirmed, and so does one in both.
        var confirmed = IdsIn(answer.RootElement, "Successful").Except(IdsIn(answer.RootElement, "Failed")).ToHashSet();
        return Enumerable.Range(0, messages.Count).Count(index => !confirmed.Contains(index.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Sends a copy of a message to another queue, with these attributes in the place of its own.</summary>
    /// <exception cref="AwsException">SQS did not confirm it.</exception>
    public async Task SendCopyAsync(Message message, Uri queue, IEnumerable<MessageAttribute> attributes, Deadline closing)
    {
        using var answer = await aws(
            EndpointOf(message.Queue), message.Queue.Region, "AmazonSQS.SendMessage", CopyBody(message, queue, attributes), closing);
        if (JsonText.Member(answer.RootElement, "MessageId") is not { Length: > 0 } id || !id.All(each => each is > ' ' and <= '~'))
            throw new AwsException("AmazonSQS.SendMessage was answered without a MessageId.");
    }

    private static IEnumerable<string?> IdsIn(JsonElement answer, string list) =>
        JsonText.ArrayMember(answer, list).Select(entry => JsonText.Member(entry, "Id"));

    private ReadOnlyMemory<byte> VisibilityBody(Queue queue, IReadOnlyList<Postponement> messages) => Json(json =>
    {
        json.WriteString("QueueUrl", new Uri(EndpointOf(queue), $"{queue.Account}/{queue.Name}").ToString());
        json.WriteStartArray("Entries");
        for (var index = 0; index < messages.Count; index++)
        {
            // Of a handle that is no UTF-8 nothing can be said, and its message counts as not confirmed.
            if (!Utf8.IsValid(messages[index].Message.ReceiptHandle.Span)) continue;

            json.WriteStartObject();
            json.WriteString("Id", index.ToString(CultureInfo.InvariantCulture));
            json.WriteString("ReceiptHandle", messages[index].Message.ReceiptHandle.Span);
            json.WriteNumber("VisibilityTimeout", (int)Math.Ceiling(messages[index].Delay.TotalSeconds));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static ReadOnlyMemory<byte> CopyBody(Message message, Uri queue, IEnumerable<MessageAttribute> attributes)
    {
        var json = new JsonPieces().Raw("""{"QueueUrl":""").Text(queue.ToString()).Raw(""","MessageBody":""").Text(message.Body);
        if (message.GroupId is { } group) json.Raw(""","MessageGroupId":""").Text(group);
        // As SQS's own redrive does: with the message's own id SQS would drop a second, independent message within five minutes.
        if (message.Queue.IsFifo) json.Raw(""","MessageDeduplicationId":""").Text(message.Id);
        json.Raw(""","MessageAttributes":{""");
        var separator = "";
        foreach (var attribute in attributes)
        {
            Write(json.Raw(separator), attribute);
            separator = ",";
        }

        if (message.TraceHeader is { } trace) Write(json.Raw("""},"MessageSystemAttributes":{"""), new("AWSTraceHeader", "String", trace));
        return json.Raw("}}").ToArray();
    }

    private static void Write(JsonPieces json, MessageAttribute attribute)
    {
        json.Text(attribute.Name).Raw(""":{"DataType":""").Text(attribute.Type);
        if (attribute.Text is { } text) json.Raw(""","StringValue":""").Text(text);
        else json.Raw(""","BinaryValue":""").Text(attribute.Base64!);
        json.Raw("}");
    }

    private Uri EndpointOf(Queue queue) =>
        !queue.IsKnown ? throw new AwsException("The queue is unknown: its ARN is not one of SQS.")
        : endpoint ?? new($"https://sqs.{queue.Region}.{Partitions.DnsSuffix(queue.Partition)}/");

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
