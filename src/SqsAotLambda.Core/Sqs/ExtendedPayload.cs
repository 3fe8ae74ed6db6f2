namespace SqsAotLambda.Sqs;

/// <summary>
/// Knows a body that the SQS Extended Client Library put into S3, of which the message is only a pointer:
/// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-s3-messages.html"/>.
/// </summary>
internal static class ExtendedPayload
{
    public static bool IsIn(Message message) =>
        (message.Attribute("ExtendedPayloadSize") ?? message.Attribute("SQSLargePayloadSize")) is not null
        && (
            message.Body.Span.StartsWith("[\"software.amazon.payloadoffloading."u8)
            || message.Body.Span.StartsWith("[\"com.amazon.sqs.javamessaging."u8));
}
