using System.Globalization;
using System.Text.Json;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>The native bootstrap between a scripted Runtime API and a scripted endpoint.</summary>
internal sealed class Function : IAsyncDisposable
{
    private readonly ChildProcess process;

    /// <param name="host">Own or Amazon.</param>
    /// <param name="endpoint">Null leaves FORWARD_URL out.</param>
    public Function(string host, Uri? endpoint, params (string Name, string Value)[] settings)
        : this(host, endpoint, redirection: null, settings) { }

    /// <param name="redirection">Where its output goes, as bash has it; null: to <see cref="Process"/>.</param>
    public Function(string host, Uri? endpoint, string? redirection, params (string Name, string Value)[] settings)
    {
        (string, string)[] environment =
        [
            .. LambdaEnvironment.Variables(RuntimeApi.Authority, memory: 256),
            ("AWS_ENDPOINT_URL_SQS", Sqs.Url.ToString()),
            .. endpoint is null
                ? []
                : new[] { ("FORWARD_URL", endpoint.ToString()), ("FORWARD_ALLOW_HTTP", "true"), ("FORWARD_ALLOW_LOOPBACK", "true") },
            .. settings,
        ];
        process = redirection is null
            ? new(Repository.Bootstrap(host), [], environment)
            : new("/bin/bash", ["-c", $"exec \"$0\" {redirection}", Repository.Bootstrap(host)], environment);
    }

    public StubRuntimeApi RuntimeApi { get; } = new(TestContext.Current.CancellationToken);

    /// <summary>What the function itself asks of SQS.</summary>
    public StubSqs Sqs { get; } = new();

    public ChildProcess Process => process;

    /// <summary>Log lines of one kind, once the next batch has been logged.</summary>
    public async Task<IReadOnlyList<JsonElement>> LoggedWithBatchAsync(string message)
    {
        await process.LineAsync(line => line.Contains("\"BatchHandled\"", StringComparison.Ordinal));
        return Logged(message);
    }

    /// <summary>The lines of that name so far.</summary>
    public List<JsonElement> Logged(string message) =>
        [.. process.Lines
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("message").GetString() == message)];

    /// <summary>The metrics so far, once those of the next batch are there.</summary>
    public async Task<IReadOnlyList<JsonElement>> LoggedWithMetricsAsync()
    {
        await process.LineAsync(line => line.Contains("\"BatchMetrics\"", StringComparison.Ordinal));
        return Logged("BatchMetrics");
    }

    /// <summary>Log lines of one kind, once the process has ended.</summary>
    public async Task<IReadOnlyList<JsonElement>> LoggedAtExitAsync(string message)
    {
        await process.ExitAsync();
        return Logged(message);
    }

    /// <summary>Hands out an event and returns the answer to it.</summary>
    public async Task<StubRequest> InvokeAsync(string json, TimeSpan? lifetime = null)
    {
        RuntimeApi.Enqueue(json, lifetime);
        return await RuntimeApi.AnswerAsync();
    }

    /// <summary>Freezes the process when it has asked for its next event, as Lambda does.</summary>
    public async Task FreezeAsync()
    {
        await RuntimeApi.PollAsync();
        await process.FreezeAsync();
    }

    /// <summary>An event of a standard queue; the message ids are m0, m1 and so on.</summary>
    public static string Event(params IEnumerable<string> bodies) =>
        Event("orders", bodies.Select((body, index) => ($"m{index.ToString(CultureInfo.InvariantCulture)}", (string?)null, body)));

    public static string Event(string queue, IEnumerable<(string Id, string? Group, string Body)> messages) =>
        StubEvent.Of(queue, messages.Select(message => (message.Id, message.Group, (string?)null, message.Body)));

    /// <summary>An event of a standard queue whose messages say their type in an attribute; their ids are m0, m1 and so on.</summary>
    public static string TypedEvent(params IEnumerable<(string Type, string Body)> messages) =>
        StubEvent.Of(
            "orders",
            messages.Select(
                (message, index) => ($"m{index.ToString(CultureInfo.InvariantCulture)}", (string?)null, (string?)message.Type, message.Body)));

    /// <summary>The answer that names these messages as failed.</summary>
    public static string Failures(params IEnumerable<string> ids) =>
        $$"""{"batchItemFailures":[{{string.Join(',', ids.Select(id => $$"""{"itemIdentifier":"{{id}}"}"""))}}]}""";

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        await RuntimeApi.DisposeAsync();
        await Sqs.DisposeAsync();
    }
}
