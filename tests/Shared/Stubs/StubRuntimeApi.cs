using System.Globalization;
using System.Threading.Channels;

namespace SqsAotLambda.Tests.Shared;

/// <summary>Plays the Lambda Runtime API: hands out the events it is given and collects what comes back.</summary>
internal sealed class StubRuntimeApi : IAsyncDisposable
{
    private readonly StubServer server;
    private readonly Channel<Reply> next = Channel.CreateUnbounded<Reply>();
    private readonly Channel<StubRequest> answers = Channel.CreateUnbounded<StubRequest>();
    private readonly Channel<StubRequest> polls = Channel.CreateUnbounded<StubRequest>();
    private readonly TaskCompletionSource polled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationToken end;
    private int events;

    /// <param name="end">Whoever waits for the function waits no longer.</param>
    public StubRuntimeApi(CancellationToken end)
    {
        this.end = end;
        server = new(Script);
    }

    public string Authority => server.Authority;

    public int Connections => server.Connections;

    /// <summary>Ends when the function asks for its first event: init is over.</summary>
    public Task Polled => polled.Task;

    /// <summary>Ends when the function asks for an event, once for each time.</summary>
    public async Task PollAsync() => await polls.Reader.ReadAsync(end);

    /// <summary>What the Runtime API says to an answer; by default that it took it.</summary>
    public Func<StubRequest, Reply> OnAnswer { get; set; } = _ => Replies.Status(202, """{"status":"OK"}""");

    /// <summary>Hands out an event as the answer to a <c>next</c>.</summary>
    /// <param name="lifetime">From now to Lambda's deadline.</param>
    public void Enqueue(string json, TimeSpan? lifetime = null, params string[] headers)
    {
        var deadline = TimeProvider.System.GetUtcNow() + (lifetime ?? TimeSpan.FromMinutes(1));
        var requestId = $"request-{(++events).ToString(CultureInfo.InvariantCulture)}";
        Enqueue(Replies.Status(200, json, [.. LambdaEnvironment.InvocationHeaders(requestId, deadline), .. headers]));
    }

    /// <summary>Answers a <c>next</c> in any other way.</summary>
    public void Enqueue(Reply reply) => next.Writer.TryWrite(reply);

    /// <summary>The next response, error or init error that the function posts.</summary>
    public async Task<StubRequest> AnswerAsync() => await answers.Reader.ReadAsync(end);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Reply Script(StubRequest request)
    {
        if (request.Method == "GET")
        {
            polled.TrySetResult();
            polls.Writer.TryWrite(request);
            return async (stream, socket, end) => await (await next.Reader.ReadAsync(end))(stream, socket, end);
        }

        answers.Writer.TryWrite(request);
        return OnAnswer(request);
    }
}
