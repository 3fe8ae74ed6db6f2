using System.Text.Encodings.Web;
using System.Text.Json;

namespace SqsAotLambda.Tests.Shared;

/// <summary>An SQS event as Lambda hands it out.</summary>
internal static class StubEvent
{
    /// <summary>As Lambda escapes: no more than JSON asks for.</summary>
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="messages">Where there is a type, it is an attribute of that name.</param>
    public static string Of(string queue, IEnumerable<(string Id, string? Group, string? Type, string Body)> messages) => JsonSerializer.Serialize(
        new
        {
            Records = messages.Select(message => new
            {
                messageId = message.Id,
                receiptHandle = "AQEB" + message.Id,
                body = message.Body,
                attributes = new Dictionary<string, string?> { ["ApproximateReceiveCount"] = "1", ["MessageGroupId"] = message.Group },
                messageAttributes = message.Type is null
                    ? []
                    : new Dictionary<string, object> { ["type"] = new { stringValue = message.Type, dataType = "String" } },
                eventSource = "aws:sqs",
                eventSourceARN = "arn:aws:sqs:us-east-1:123456789012:" + queue,
                awsRegion = "us-east-1",
            }),
        },
        Relaxed);
}
