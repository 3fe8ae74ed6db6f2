namespace SqsAotLambda.Logging;

/// <summary>What the log tells of itself.</summary>
internal static class LogEvents
{
    /// <summary>Standard output was full, or nobody read it.</summary>
    public static void LinesLost(this JsonLog log, int lines) => log.Begin(LogLevel.Warn, "LinesLost")?.Number("lines", lines).End();
}
