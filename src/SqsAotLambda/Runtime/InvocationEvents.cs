using SqsAotLambda.Logging;

namespace SqsAotLambda.Runtime;

/// <summary>What the log tells of invocations.</summary>
internal static class InvocationEvents
{
    /// <summary>The whole batch comes again.</summary>
    public static void InvocationFailed(this JsonLog log, string requestId, Exception exception) =>
        log.Begin(LogLevel.Error, "InvocationFailed", requestId)?.Error(exception).End();

    /// <summary>Lambda did not take the answer: the whole batch comes again.</summary>
    public static void AnswerRefused(this JsonLog log, string requestId, int status) =>
        log.Begin(LogLevel.Error, "AnswerRefused", requestId)?.Number("status", status).End();

    /// <summary>The process ends.</summary>
    public static void RuntimeApiLost(this JsonLog log, Exception exception) => log.Begin(LogLevel.Fatal, "RuntimeApiLost")?.Error(exception).End();
}
