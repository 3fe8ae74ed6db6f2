using System.Globalization;

namespace SqsAotLambda.Sqs;

/// <summary>What an event says of a message besides what its sender gave; null where it does not say.</summary>
internal struct SystemAttributes
{
    public int? ReceiveCount;
    public DateTimeOffset? FirstReceivedAt, SentAt;
    public string? GroupId, DeduplicationId, TraceHeader;
}

/// <summary>
/// Reads system attributes, whose values are all text:
/// <see href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html"/>.
/// </summary>
internal static class SystemAttributeText
{
    private static readonly long LastMillisecond = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Null when the text is no count.</summary>
    public static int? Count(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <inheritdoc cref="Count(string?)"/>
    /// <param name="text">UTF-8.</param>
    public static int? Count(ReadOnlySpan<byte> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    /// <summary>Milliseconds since 1970; null when the text is no such time.</summary>
    public static DateTimeOffset? Time(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? Time(milliseconds) : null;

    /// <inheritdoc cref="Time(string?)"/>
    /// <param name="text">UTF-8.</param>
    public static DateTimeOffset? Time(ReadOnlySpan<byte> text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) ? Time(milliseconds) : null;

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds <= LastMillisecond ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
