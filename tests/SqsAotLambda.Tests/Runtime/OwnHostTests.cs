using SqsAotLambda.Hosting;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Runtime;

public sealed class OwnHostTests : IAsyncDisposable
{
    private readonly StubRuntimeApi api = new(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Theory(Timeout = 30_000)]
    [InlineData(1_700_000_010_000)]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    public async Task A_batch_has_until_the_margin_before_Lambdas_deadline(long deadlineMs)
    {
        var margin = TimeSpan.FromSeconds(1.5);
        var end = DateTimeOffset.FromUnixTimeMilliseconds(deadlineMs);
        api.Enqueue(Replies.Status(
            200,
            """{"Records":[{"messageId":"a","body":""}]}""",
            "Lambda-Runtime-Aws-Request-Id: request",
            $"Lambda-Runtime-Deadline-Ms: {deadlineMs}"));
        api.Enqueue(Replies.Status(500));
        Batch? batch = null;

        // It runs a loop of its own, which takes a thread.
        using var driver = new KernelDriver();
        var host = new OwnHost(api.Authority, new Loop(driver));
        await Assert.ThrowsAsync<RuntimeApiException>(() => Task.Run(() => host.Run(
            handed =>
            {
                batch = handed;
                return Task.FromResult(handed.Messages);
            },
            margin,
            new JsonLog(Stream.Null, LogLevel.Fatal, TimeProvider.System))));

        Assert.Equal(("request", end - margin, end, "a"), (batch!.RequestId, batch.Deadline, batch.End, Assert.Single(batch.Messages).Id));
    }
}
