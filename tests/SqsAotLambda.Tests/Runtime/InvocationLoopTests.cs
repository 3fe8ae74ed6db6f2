using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Runtime;

public sealed class InvocationLoopTests : IAsyncDisposable
{
    private readonly StubRuntimeApi api = new(TestContext.Current.CancellationToken);
    private readonly List<StubRequest> answers = [];
    private readonly MemoryStream output = new();

    /// <summary>What Lambda says to an answer.</summary>
    private Func<StubRequest, int> status = _ => 202;

    public InvocationLoopTests() => api.OnAnswer = request =>
    {
        answers.Add(request);
        return Replies.Status(status(request), "{}");
    };

    public ValueTask DisposeAsync() => api.DisposeAsync();

    [Fact(Timeout = 30_000)]
    public async Task An_event_goes_to_the_handler_and_its_answer_to_Lambda()
    {
        api.Enqueue("\"event\"");

        await RunAsync(invocation => Answer($"{invocation.RequestId} {Text(invocation.Event)}"));

        Assert.Equal([("/2018-06-01/runtime/invocation/request-1/response", "request-1 \"event\"")], Answers);
        Assert.Empty(Events.SkipLast(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_that_throws_is_reported_and_the_loop_goes_on()
    {
        api.Enqueue("1");
        api.Enqueue("2");

        await RunAsync(invocation => invocation.RequestId == "request-1" ? throw new InvalidDataException("It broke.") : Answer("2"));

        Assert.Equal(
            ["/2018-06-01/runtime/invocation/request-1/error", "/2018-06-01/runtime/invocation/request-2/response"],
            answers.Select(answer => answer.Path));
        var error = JsonDocument.Parse(answers[0].Body).RootElement;
        Assert.Equal("Function.InvalidDataException", answers[0].Headers["Lambda-Runtime-Function-Error-Type"]);
        Assert.Equal("Function.InvalidDataException", error.GetProperty("errorType").GetString());
        Assert.Equal("It broke.", error.GetProperty("errorMessage").GetString());
        Assert.Equal(["InvocationFailed request-1"], Events.SkipLast(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_handler_that_fails_later_is_reported_too()
    {
        api.Enqueue("1");

        await RunAsync(async _ =>
        {
            await Task.Yield();
            throw new OperationCanceledException("Given up.");
        });

        Assert.Equal("/2018-06-01/runtime/invocation/request-1/error", Assert.Single(answers).Path);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(301)]
    public async Task An_answer_that_Lambda_does_not_take_is_logged_and_the_next_event_handled(int refusal)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Path.Contains("request-1", StringComparison.Ordinal) ? refusal : 202;

        await RunAsync(invocation => Answer(invocation.RequestId));

        Assert.Equal(
            [("/2018-06-01/runtime/invocation/request-1/response", "request-1"), ("/2018-06-01/runtime/invocation/request-2/response", "request-2")],
            Answers);
        Assert.Equal([$"AnswerRefused request-1 {refusal}"], Events.SkipLast(1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400)]
    [InlineData(410)]
    [InlineData(413)]
    public async Task An_error_that_Lambda_does_not_take_is_logged_and_the_next_event_handled(int refusal)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Path.EndsWith("/error", StringComparison.Ordinal) ? refusal : 202;

        await RunAsync(invocation => invocation.RequestId == "request-1" ? throw new InvalidDataException("It broke.") : Answer("2"));

        Assert.Equal(
            ["/2018-06-01/runtime/invocation/request-1/error", "/2018-06-01/runtime/invocation/request-2/response"],
            answers.Select(answer => answer.Path));
        Assert.Equal(["InvocationFailed request-1", $"AnswerRefused request-1 {refusal}"], Events.SkipLast(1));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_too_large_for_Lambda_becomes_an_error()
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Text == "large" ? 413 : 202;

        await RunAsync(invocation => Answer(invocation.RequestId == "request-1" ? "large" : "small"));

        Assert.Equal(
            [
                ("/2018-06-01/runtime/invocation/request-1/response", "large"),
                (
                    "/2018-06-01/runtime/invocation/request-1/error",
                    """{"errorMessage":"Lambda refused the answer of 5 bytes as too large.","errorType":"Function.AnswerTooLarge","stackTrace":[]}"""
                ),
                ("/2018-06-01/runtime/invocation/request-2/response", "small"),
            ],
            Answers);
        Assert.Equal(["AnswerRefused request-1 413"], Events.SkipLast(1));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task The_loop_ends_when_the_Runtime_API_breaks_on_an_answer(int broken)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = _ => broken;

        await RunAsync(_ => Answer("1"));

        Assert.Single(answers);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_loop_ends_when_the_Runtime_API_breaks_on_an_error()
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = _ => 500;

        await RunAsync(_ => throw new InvalidDataException("It broke."));

        Assert.Single(answers);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_loop_ends_when_the_Runtime_API_has_no_event()
    {
        await RunAsync(_ => Answer("never"));

        Assert.Empty(answers);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_thousand_invocations_are_answered_over_one_connection()
    {
        var events = Enumerable.Range(1, 1000).Select(
            number => new string('x', number * 37 % 5000) + number.ToString(CultureInfo.InvariantCulture)).ToArray();
        foreach (var each in events) api.Enqueue(each);

        await RunAsync(invocation => Answer(Text(invocation.Event)));

        Assert.Equal(events, answers.Select(answer => answer.Text));
        Assert.All(answers, answer => Assert.Equal(1, answer.Connection));
    }

    private IEnumerable<(string Path, string Text)> Answers => answers.Select(answer => (answer.Path, answer.Text));

    /// <summary>What was logged: event, request id and status.</summary>
    private IEnumerable<string> Events => Text(output.ToArray())
        .Split('\n')
        .Select(line => line.Length == 0 ? "" : Summary(JsonDocument.Parse(line).RootElement));

    /// <summary>Runs until the Runtime API has no more events, and breaks.</summary>
    private async Task RunAsync(Handler handle)
    {
        api.Enqueue(Replies.Status(500));
        var loop = new InvocationLoop(new(api.Authority, TestLoop.Here), new(output, LogLevel.Info, TimeProvider.System));

        await Assert.ThrowsAsync<RuntimeApiException>(() => loop.RunAsync(handle));
    }

    private static Task<ReadOnlyMemory<byte>> Answer(string text) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(text));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Summary(JsonElement line) => string.Join(' ', new[] { "message", "requestId", "status" }
        .Where(name => line.TryGetProperty(name, out _))
        .Select(name => line.GetProperty(name).ToString()));
}
