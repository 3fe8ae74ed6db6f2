using System.Globalization;
using System.Text;
using System.Text.Json;
using SqsAotLambda.Logging;
using SqsAotLambda.Runtime;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests.Runtime;

public sealed class InvocationLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1.5);

    private readonly StubRuntimeApi api = new();
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

    [Fact]
    public async Task An_event_goes_to_the_handler_and_its_answer_to_Lambda()
    {
        api.Enqueue("\"event\"");

        await RunAsync((invocation, _) => Answer($"{invocation.RequestId} {Text(invocation.Event)}"));

        Assert.Equal([("/2018-06-01/runtime/invocation/request-1/response", "request-1 \"event\"")], Answers);
        Assert.Empty(Events.SkipLast(1));
    }

    [Fact]
    public async Task A_handler_that_throws_is_reported_and_the_loop_goes_on()
    {
        api.Enqueue("1");
        api.Enqueue("2");

        await RunAsync((invocation, _) => invocation.RequestId == "request-1" ? throw new InvalidDataException("It broke.") : Answer("2"));

        Assert.Equal(
            ["/2018-06-01/runtime/invocation/request-1/error", "/2018-06-01/runtime/invocation/request-2/response"],
            answers.Select(answer => answer.Path));
        var error = JsonDocument.Parse(answers[0].Body).RootElement;
        Assert.Equal("Function.InvalidDataException", answers[0].Headers["Lambda-Runtime-Function-Error-Type"]);
        Assert.Equal("Function.InvalidDataException", error.GetProperty("errorType").GetString());
        Assert.Equal("It broke.", error.GetProperty("errorMessage").GetString());
        Assert.Equal(["InvocationFailed request-1"], Events.SkipLast(1));
    }

    [Fact]
    public async Task A_handler_that_fails_later_is_reported_too()
    {
        api.Enqueue("1");

        await RunAsync(async (_, _) =>
        {
            await Task.Yield();
            throw new OperationCanceledException("Given up.");
        });

        Assert.Equal("/2018-06-01/runtime/invocation/request-1/error", Assert.Single(answers).Path);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(410)]
    [InlineData(301)]
    public async Task An_answer_that_Lambda_does_not_take_is_logged_and_the_next_event_handled(int refusal)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Path.Contains("request-1", StringComparison.Ordinal) ? refusal : 202;

        await RunAsync((invocation, _) => Answer(invocation.RequestId));

        Assert.Equal(
            [("/2018-06-01/runtime/invocation/request-1/response", "request-1"), ("/2018-06-01/runtime/invocation/request-2/response", "request-2")],
            Answers);
        Assert.Equal([$"AnswerRefused request-1 {refusal}"], Events.SkipLast(1));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(410)]
    [InlineData(413)]
    public async Task An_error_that_Lambda_does_not_take_is_logged_and_the_next_event_handled(int refusal)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Path.EndsWith("/error", StringComparison.Ordinal) ? refusal : 202;

        await RunAsync((invocation, _) => invocation.RequestId == "request-1" ? throw new InvalidDataException("It broke.") : Answer("2"));

        Assert.Equal(
            ["/2018-06-01/runtime/invocation/request-1/error", "/2018-06-01/runtime/invocation/request-2/response"],
            answers.Select(answer => answer.Path));
        Assert.Equal(["InvocationFailed request-1", $"AnswerRefused request-1 {refusal}"], Events.SkipLast(1));
    }

    [Fact]
    public async Task An_answer_too_large_for_Lambda_becomes_an_error()
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = answer => answer.Text == "large" ? 413 : 202;

        await RunAsync((invocation, _) => Answer(invocation.RequestId == "request-1" ? "large" : "small"));

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

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task The_loop_ends_when_the_Runtime_API_breaks_on_an_answer(int broken)
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = _ => broken;

        await RunAsync((_, _) => Answer("1"));

        Assert.Single(answers);
    }

    [Fact]
    public async Task The_loop_ends_when_the_Runtime_API_breaks_on_an_error()
    {
        api.Enqueue("1");
        api.Enqueue("2");
        status = _ => 500;

        await RunAsync((_, _) => throw new InvalidDataException("It broke."));

        Assert.Single(answers);
    }

    [Fact]
    public async Task The_loop_ends_when_the_Runtime_API_has_no_event()
    {
        await RunAsync((_, _) => Answer("never"));

        Assert.Empty(answers);
    }

    [Theory]
    [InlineData(10_000, 8500)]
    [InlineData(1501, 1)]
    [InlineData(900_000, 898_500)]
    public async Task A_handler_has_until_the_margin_before_Lambdas_deadline(int remainingMs, int expectedMs)
    {
        var time = new TimerTime();
        EnqueueDue(time.GetUtcNow().AddMilliseconds(remainingMs));
        var before = true;
        var after = false;

        await RunAsync(
            (_, deadline) =>
            {
                before = deadline.IsCancellationRequested;
                Assert.Single(time.Timers).Fire();
                after = deadline.IsCancellationRequested;
                return Answer("");
            },
            time);

        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), Assert.Single(time.Timers).Due);
        Assert.False(before);
        Assert.True(after);
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(1499)]
    [InlineData(0)]
    [InlineData(-86_400_000)]
    public async Task A_handler_is_called_without_time_when_the_deadline_is_nearer_than_the_margin(int remainingMs)
    {
        var time = new TimerTime();
        EnqueueDue(time.GetUtcNow().AddMilliseconds(remainingMs));
        var cancelled = false;

        await RunAsync(
            (_, deadline) =>
            {
                cancelled = deadline.IsCancellationRequested;
                return Answer("");
            },
            time);

        Assert.True(cancelled);
        Assert.EndsWith("/response", Assert.Single(answers).Path, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_799_999)]
    public async Task The_earliest_and_the_latest_deadline_are_as_good_as_any(long deadlineMs)
    {
        EnqueueDue(DateTimeOffset.FromUnixTimeMilliseconds(deadlineMs));

        await RunAsync((_, _) => Answer("answer"), new TimerTime());

        Assert.Equal("answer", Assert.Single(answers).Text);
    }

    [Fact]
    public async Task The_timer_of_a_deadline_ends_with_its_invocation()
    {
        var time = new TimerTime();
        EnqueueDue(time.GetUtcNow().AddMinutes(1));
        EnqueueDue(time.GetUtcNow().AddMinutes(1));

        await RunAsync((invocation, _) => answers.Count == 0 ? Answer("") : throw new InvalidDataException("It broke."), time);

        Assert.Equal([true, true], time.Timers.Select(timer => timer.IsDisposed));
    }

    [Fact]
    public async Task A_thousand_invocations_are_answered_over_one_connection()
    {
        var events = Enumerable.Range(1, 1000).Select(
            number => new string('x', number * 37 % 5000) + number.ToString(CultureInfo.InvariantCulture)).ToArray();
        foreach (var each in events) api.Enqueue(each);

        await RunAsync((invocation, _) => Answer(Text(invocation.Event)));

        Assert.Equal(events, answers.Select(answer => answer.Text));
        Assert.All(answers, answer => Assert.Equal(1, answer.Connection));
    }

    private IEnumerable<(string Path, string Text)> Answers => answers.Select(answer => (answer.Path, answer.Text));

    /// <summary>What was logged: event, request id and status.</summary>
    private IEnumerable<string> Events => Text(output.ToArray())
        .Split('\n')
        .Select(line => line.Length == 0 ? "" : Summary(JsonDocument.Parse(line).RootElement));

    /// <summary>Runs until the Runtime API has no more events, and breaks.</summary>
    private async Task RunAsync(Handler handle, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        api.Enqueue(Replies.Status(500));
        var loop = new InvocationLoop(new(api.Authority), Margin, time, new(output, LogLevel.Info, time));

        await Assert.ThrowsAsync<RuntimeApiException>(() => loop.RunAsync(handle));
    }

    private void EnqueueDue(DateTimeOffset deadline) => api.Enqueue(Replies.Status(
        200,
        "{}",
        "Lambda-Runtime-Aws-Request-Id: request",
        $"Lambda-Runtime-Deadline-Ms: {deadline.ToUnixTimeMilliseconds()}"));

    private static Task<ReadOnlyMemory<byte>> Answer(string text) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.UTF8.GetBytes(text));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Summary(JsonElement line) => string.Join(' ', new[] { "message", "requestId", "status" }
        .Where(name => line.TryGetProperty(name, out _))
        .Select(name => line.GetProperty(name).ToString()));

    /// <summary>A clock that stands still, and whose timers a test fires.</summary>
    private sealed class TimerTime : TimeProvider
    {
        public List<FakeTimer> Timers { get; } = [];

        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers.Add(new(() => callback(state), dueTime));
            return Timers[^1];
        }
    }

    private sealed class FakeTimer(Action fire, TimeSpan due) : ITimer
    {
        public TimeSpan Due => due;

        public bool IsDisposed { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => !IsDisposed;

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
