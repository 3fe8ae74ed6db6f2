using System.Text.Json;

namespace SqsAotLambda.Interop.Running;

/// <summary>The native bootstrap as Lambda would run it: one execution environment, one invocation after the other.</summary>
internal sealed class Function : IAsyncDisposable
{
    /// <summary>From handing an event out to Lambda's deadline.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly string name;
    private readonly StubRuntimeApi api;
    private readonly ChildProcess process;
    private readonly List<(string Id, long HandedOut)> messages = [];
    private readonly HashSet<string> failed = [];
    private readonly TimeProvider time;
    private readonly CancellationToken stop;
    private readonly Task<int> exit;

    /// <param name="name">Begins the ids of its messages.</param>
    public Function(
        string name,
        string bootstrap,
        Uri url,
        string authorityFile,
        IEnumerable<(string Name, string Value)> settings,
        TimeProvider time,
        CancellationToken stop)
    {
        (this.name, this.time, this.stop) = (name, time, stop);
        api = new(stop);
        process = ProcessGroup.Start(
            new(
                bootstrap,
                [],
                [
                    .. LambdaEnvironment.Variables(api.Authority, memory: 256),
                    ("SSL_CERT_FILE", authorityFile),
                    ("FORWARD_URL", url.ToString()),
                    ("FORWARD_ALLOW_HTTP", "true"),
                    ("FORWARD_ALLOW_LOOPBACK", "true"),
                    // There is no SQS: what failed need not be held back.
                    ("FORWARD_BACKOFF_BASE", "0s"),
                    .. settings,
                ]),
            Path.GetDirectoryName(bootstrap)!);
        exit = process.ExitAsync(stop);
    }

    /// <summary>All that were handed out, with the timestamp of that.</summary>
    public IReadOnlyList<(string Id, long HandedOut)> Messages => messages;

    /// <summary>How many of them were answered for.</summary>
    public int Answered { get; private set; }

    public IReadOnlyList<string> Lines => process.Lines;

    public bool HasFailed(string message) => failed.Contains(message);

    /// <summary>Hands out batch after batch until all messages were answered for.</summary>
    public async Task SendAsync(int count, int batch)
    {
        for (var left = count; left > 0; left -= batch) await InvokeAsync(Math.Min(left, batch));
    }

    /// <summary>One invocation with new messages.</summary>
    public async Task InvokeAsync(int count)
    {
        await AwaitAsync(api.PollAsync());
        string[] ids = [.. Enumerable.Range(messages.Count, count).Select(number => $"{name}-{number}")];
        messages.AddRange(ids.Select(id => (id, time.GetTimestamp())));
        api.Enqueue(StubEvent.Of("orders", ids.Select(id => (id, (string?)null, (string?)null, """{"order":"1"}"""))), Lifetime);
        var answer = api.AnswerAsync();
        await AwaitAsync(answer);
        foreach (var id in FailuresIn(await answer)) failed.Add(id);
        Answered += count;
    }

    /// <summary>Ends the process, when it has nothing left to do.</summary>
    public async Task EndAsync()
    {
        // All lines of its last invocation are written when it asks for the next.
        await AwaitAsync(api.PollAsync());
        Signals.Send(process.Id, Signals.Terminate);
        await exit;
    }

    /// <summary>What it wrote of a kind, once it has ended.</summary>
    public IEnumerable<JsonElement> Logged(string message) =>
        process.Lines.Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("message").GetString() == message);

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await api.DisposeAsync();
    }

    private static IEnumerable<string> FailuresIn(StubRequest answer)
    {
        if (!answer.Path.EndsWith("/response", StringComparison.Ordinal))
            throw new InteropFailure($"The function answered {answer.Path} with {answer.Text}");

        return [.. JsonDocument.Parse(answer.Body).RootElement.GetProperty("batchItemFailures").EnumerateArray()
            .Select(failure => failure.GetProperty("itemIdentifier").GetString()!)];
    }

    private async Task AwaitAsync(Task what)
    {
        if (await Task.WhenAny(what, exit).WaitAsync(stop) == exit)
            throw new InteropFailure($"The function ended with status {await exit}:\n{string.Join('\n', process.Lines.TakeLast(5))}");

        await what;
    }
}
