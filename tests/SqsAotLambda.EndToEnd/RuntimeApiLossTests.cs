namespace SqsAotLambda.EndToEnd;

/// <summary>When the Runtime API can't be used any further, the process ends, so that Lambda starts another.</summary>
public sealed class RuntimeApiLossTests
{
    public static readonly TheoryData<int> ServerErrors = [500, 502, 503];

    [Theory(Timeout = 120_000), MemberData(nameof(ServerErrors))]
    public async Task A_server_error_to_an_answer_ends_the_process(int status)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url);
        function.RuntimeApi.OnAnswer = _ => Replies.Status(status);

        await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(1, await function.Process.ExitAsync());
        Assert.Single(await function.LoggedAtExitAsync("RuntimeApiLost"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_error_to_next_ends_the_process()
    {
        await using var function = new Function("Own", new("http://localhost/"));

        function.RuntimeApi.Enqueue(Replies.Status(500));

        Assert.Equal(1, await function.Process.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_breaks_while_an_event_is_awaited_ends_the_process()
    {
        await using var function = new Function("Own", new("http://localhost/"));

        function.RuntimeApi.Enqueue(Replies.Reset);

        Assert.Equal(1, await function.Process.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_breaks_while_an_answer_is_taken_ends_the_process()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url);
        function.RuntimeApi.OnAnswer = _ => Replies.RawThenClose("HTTP/1.1 202 Acc");

        await function.InvokeAsync(Function.Event("one"));

        Assert.Equal(1, await function.Process.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_came_too_late_is_logged_and_the_next_event_handled()
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function("Own", endpoint.Url);
        function.RuntimeApi.OnAnswer = _ => Replies.Status(410);
        await function.InvokeAsync(Function.Event("one"));

        function.RuntimeApi.OnAnswer = _ => Replies.Status(202);
        var answer = await function.InvokeAsync(Function.Event("two"));

        Assert.Equal(Function.Failures(), answer.Text);
        await function.LoggedWithBatchAsync("BatchHandled");
        Assert.Equal(410, Assert.Single(await function.LoggedWithBatchAsync("AnswerRefused")).GetProperty("status").GetInt32());
    }
}
