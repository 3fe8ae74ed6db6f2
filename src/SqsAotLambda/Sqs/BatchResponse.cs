using System.Buffers;
using System.Text.Json;

namespace SqsAotLambda.Sqs;

/// <summary>
/// The answer that names what was not delivered:
/// <see href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html">partial batch responses</see>.
/// </summary>
internal static class BatchResponse
{
    public static ReadOnlyMemory<byte> ToJson(IEnumerable<Message> failed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("batchItemFailures"u8);
            foreach (var message in failed)
            {
                json.WriteStartObject();
                json.WriteString("itemIdentifier"u8, message.Id);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
