using SqsAotLambda.Forwarding;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>Batches that a function handles, and endpoints that fail some of their messages.</summary>
internal static class Handled
{
    public static ValueTask<Delivery> Accepted => new(new Delivery(Outcome.Delivered));

    public static Send Failing(params string[] ids) =>
        (_, message, _) => new(new Delivery(ids.Contains(message.Id) ? Outcome.Unavailable : Outcome.Delivered));

    public static async Task<IEnumerable<string>> HandleAsync(
        Message[] batch, Send send, int concurrency = 10, FakeTimeProvider? time = null, MemoryStream? log = null, bool isOverdue = false)
    {
        time ??= Given.Clock();
        Endpoint[] endpoints = [Given.Endpoint()];
        var handler = Given.Handler(
            endpoints, send, time, concurrency: concurrency, log: new JsonLog(log ?? new MemoryStream(), LogLevel.Info, time));
        var invocation = Given.Invocation(batch, time);
        if (isOverdue) invocation = invocation with { Deadline = time.GetUtcNow() };
        return (await handler.HandleAsync(invocation)).Select(message => message.Id);
    }
}
