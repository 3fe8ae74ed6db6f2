using System.Text;
using SqsAotLambda.Logging;
using SqsAotLambda.Tests.Support;
using static SqsAotLambda.Tests.Forwarding.Handled;

namespace SqsAotLambda.Tests.Forwarding;

/// <summary>What nobody foresaw costs one message, and is told.</summary>
public sealed class BugTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_bug_costs_its_message_and_no_other_and_is_told_by_its_type()
    {
        var log = new MemoryStream();

        var failed = await HandleAsync(
            Given.Batch("a", "b", "c"), (_, message, _) => message.Id == "b" ? throw new FormatException("Text of a message.") : Accepted, log: log);

        Assert.Equal(["b"], failed);
        var lines = Encoding.UTF8.GetString(log.ToArray());
        Assert.Contains(
            "\"message\":\"InternalError\",\"requestId\":\"request\",\"messageId\":\"b\",\"errorType\":\"System.FormatException\"", lines);
        Assert.Contains("\"messageId\":\"b\",\"outcome\":\"Unavailable\",\"fault\":\"Internal\"", lines);
        Assert.DoesNotContain("Text of a message.", lines);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bug_in_a_condition_costs_its_message_and_no_other()
    {
        var time = Given.Clock();
        var other = Given.Endpoint();
        var broken = Given.Endpoint(other.Route with { When = new(message => message.Id == "b" ? throw new FormatException() : false) });
        var handler = Given.Handler([broken, other], (_, _, _) => Accepted, time);

        var failed = await handler.HandleAsync(Given.Invocation(Given.Batch("a", "b", "c"), time));

        Assert.Equal(["b"], failed.Select(message => message.Id));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bug_after_delivery_makes_no_message_come_again()
    {
        var time = Given.Clock();
        using var output = new MemoryStream();
        var handler = Given.Handler(
            [Given.Endpoint()],
            Failing("b"),
            time,
            postpone: (_, _, _) => throw new UriFormatException(),
            log: new JsonLog(output, LogLevel.Info, time));

        var failed = await handler.HandleAsync(Given.Invocation(Given.Batch("a", "b"), time));

        Assert.Equal(["b"], failed.Select(message => message.Id));
        Assert.Contains("\"errorType\":\"System.UriFormatException\"", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bug_on_the_last_receive_is_copied_and_one_of_the_copy_is_told()
    {
        var time = Given.Clock();
        using var output = new MemoryStream();
        var batch = Given.Batch("a", "b");
        for (var index = 0; index < 2; index++) batch[index] = batch[index] with { ReceiveCount = 10 };
        var handler = Given.Handler(
            [Given.Endpoint()],
            (_, _, _) => throw new FormatException(),
            time,
            bury: (message, _, _) => message.Id == "a" ? Task.FromResult(true) : throw new InvalidDataException(),
            maxReceiveCount: 10,
            log: new JsonLog(output, LogLevel.Info, time));

        var failed = await handler.HandleAsync(Given.Invocation(batch, time));

        Assert.Equal(["b"], failed.Select(message => message.Id));
        Assert.Contains("\"messageId\":\"b\",\"errorType\":\"System.IO.InvalidDataException\"", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bug_does_not_count_for_the_breaker()
    {
        var time = Given.Clock();
        var endpoint = Given.Endpoint(breaker: true);
        var handler = Given.Handler([endpoint], (_, _, _) => throw new FormatException(), time);

        await handler.HandleAsync(
            Given.Invocation(Given.Batch([.. Enumerable.Range(0, 50).Select(index => $"{index}")]), time));

        Assert.Equal(TimeSpan.Zero, endpoint.Breaker.OpenFor);
    }
}
