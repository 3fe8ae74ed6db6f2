namespace SqsAotLambda.Logging;

/// <summary>
/// Every line the function writes: one JSON object each, with a stable <c>message</c> that names the event. The events stand beside the code
/// that tells them. None holds a body, a header value or a secret, and of a URL none holds the query.
/// </summary>
/// <param name="minimum">Lines below it are not written.</param>
internal sealed class JsonLog(Stream output, LogLevel minimum, TimeProvider time)
{
    /// <summary>Lanes and calls of SQS write side by side.</summary>
    private readonly Lock gate = new();

    /// <summary>Since the last line that was written.</summary>
    private int lost;

    public LogLevel Minimum => minimum;

    /// <summary>Begins a line, which its <see cref="JsonLine.End"/> writes; null when the level is not written.</summary>
    /// <param name="message">The name of the event.</param>
    /// <param name="requestId">Of the invocation; null: the event belongs to none.</param>
    public JsonLine? Begin(LogLevel level, string message, string? requestId = null) =>
        level < minimum ? null : JsonLine.Begin(this, time.GetUtcNow(), level, message, requestId);

    /// <summary>One write a line: Lambda makes each write an event of its own.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            try
            {
                output.Write(line);
                var before = lost;
                lost = 0;
                if (before > 0) this.LinesLost(before);
                if (lost > 0) lost = before;
            }
            // Nobody reads: lines are lost, and nothing else.
            catch (IOException)
            {
                lost++;
            }
        }
    }
}
