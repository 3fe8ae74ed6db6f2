using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Settings;

namespace SqsAotLambda.Tests.Support;

/// <summary>Each event of the log once.</summary>
internal static class EveryEvent
{
    /// <summary>Every event, with that text wherever one can be.</summary>
    public static void WriteAll(JsonLog log, string text)
    {
        var endpoint = Given.Endpoint();
        var message = Given.Message(text, "s3cret body") with { Queue = new(text), Attributes = [new("Name", "String", "s3cret attribute")] };
        log.MessageFailed(text, message, new(Outcome.Rejected, Why: text, Endpoint: endpoint));
        log.MessageDeadLettered(text, message, new(Outcome.Rejected, Why: text, Response: "s3cret answer", Endpoint: endpoint));
        log.DispositionUnknown(text, message);
        log.CopyFailed(message, new IOException(text));
        log.VisibilityFailed(text, 1, text);
        log.SecretFailed(text, text);
        Delivery[] deliveries = [new(Outcome.Delivered, 200)];
        log.BatchMetrics(Given.Invocation([message], Given.Clock()), TallyOf(deliveries), deliveries, text, 3, default);
        log.BatchHandled(text, TallyOf(deliveries), TimeSpan.Zero);
        log.InvocationFailed(text, new InvalidDataException(text));
        log.AnswerRefused(text, 410);
        log.SettingsRefused(new([text, text]));
        log.RuntimeApiLost(new IOException(text));
    }

    public static Tally TallyOf(Delivery[] deliveries) =>
        new(Given.Invocation(Given.Batch([.. deliveries.Select((_, position) => $"{position}")]), Given.Clock()), deliveries);
}
