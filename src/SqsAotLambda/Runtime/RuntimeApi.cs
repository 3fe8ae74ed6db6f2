using System.Globalization;
using SqsAotLambda.Http;
using SqsAotLambda.Io;

namespace SqsAotLambda.Runtime;

/// <summary>
/// Client of the <see href="https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html">Lambda Runtime API</see>:
/// one call at a time over one kept-alive connection.
/// </summary>
/// <param name="endpoint">Host and port, as in <c>AWS_LAMBDA_RUNTIME_API</c>.</param>
internal sealed class RuntimeApi(string endpoint, Loop loop)
{
    private const string Root = "/2018-06-01/runtime";

    private const string ErrorMediaType = "application/vnd.aws.lambda.error+json";

    /// <summary>An event has 6 MB at most; the rest is room for a limit that moves.</summary>
    private const int MaxEvent = 32 * 1024 * 1024;

    private readonly RequestWriter writer = new();
    private Connection? connection;

    /// <summary>
    /// Waits for the next event, without limit: Lambda freezes the environment meanwhile. With the event all is told that came in the freeze, such
    /// as the ends of connections.
    /// </summary>
    public async Task<Invocation> NextAsync()
    {
        var turn = loop.Turns;
        var response = await CallAsync(Begin("GET", "/invocation/next").End());
        // The freeze came between the call and the wait for its answer.
        if (loop.Turns == turn) await loop.NextTurnAsync();
        if (response.Status != 200) throw new RuntimeApiException($"The Runtime API answered {response.Status} to next.");

        return new(
            response.Header("Lambda-Runtime-Aws-Request-Id"u8) is { Length: > 0 } id ? id : throw Missing("Lambda-Runtime-Aws-Request-Id"),
            ParseTime(response.Header("Lambda-Runtime-Deadline-Ms"u8)) ?? throw Missing("Lambda-Runtime-Deadline-Ms"),
            response.Header("Lambda-Runtime-Trace-Id"u8),
            response.Header("Lambda-Runtime-Invocation-Id"u8),
            response.Body);
    }

    /// <summary>Hands over the answer to an invocation.</summary>
    /// <returns>The status: 2xx when Lambda took it, else why it did not.</returns>
    public async Task<int> RespondAsync(Invocation invocation, ReadOnlyMemory<byte> answer)
    {
        var request = BeginAnswer(invocation, "response", "application/json").End(answer.Span);
        return await PostAsync(request);
    }

    /// <summary>Reports that an invocation failed.</summary>
    /// <returns>The status: 2xx when Lambda took it, else why it did not.</returns>
    public async Task<int> FailAsync(Invocation invocation, FunctionError error)
    {
        var request = BeginAnswer(invocation, "error", ErrorMediaType)
            .Header("Lambda-Runtime-Function-Error-Type", error.Type)
            .End(error.ToJson());
        return await PostAsync(request);
    }

    /// <summary>Reports that the function can't start. The process has to end after it.</summary>
    public async Task FailInitAsync(FunctionError error)
    {
        var request = Begin("POST", "/init/error")
            .Header("Content-Type", ErrorMediaType)
            .Header("Lambda-Runtime-Function-Error-Type", error.Type)
            .End(error.ToJson());
        await PostAsync(request);
    }

    private RequestWriter Begin(string method, string path) => writer.Begin(method, Root + path, endpoint);

    private RequestWriter BeginAnswer(Invocation invocation, string kind, string mediaType)
    {
        var request = Begin("POST", $"/invocation/{Uri.EscapeDataString(invocation.RequestId)}/{kind}").Header("Content-Type", mediaType);
        return invocation.InvocationId is { } id ? request.Header("Lambda-Runtime-Invocation-Id", id) : request;
    }

    private async Task<int> PostAsync(ReadOnlyMemory<byte> request)
    {
        var response = await CallAsync(request);
        if (response.Status >= 500) throw new RuntimeApiException($"The Runtime API answered {response.Status}: it asks the process to end.");

        return response.Status;
    }

    private async Task<Response> CallAsync(ReadOnlyMemory<byte> request)
    {
        try
        {
            if (connection?.TryEndRest() is false) Drop();
            connection ??= await Connection.OpenAsync(loop, endpoint, MaxEvent);
            var head = await connection.SendAsync(request, body: default, accepts: static (in _) => true);
            var response = await connection.TakeAsync(head);
            if (response.Cut is { } cut) throw Broken(cut);
            // The response holds all the same, as its connection's memory.
            if (!response.KeepAlive || !connection.TryRest(Drop)) Drop();
            return response;
        }
        catch (Exception e) when (e is IOException or HttpFormatException)
        {
            throw Broken(e);
        }
    }

    private RuntimeApiException Broken(Exception cause) => new($"The connection to the Runtime API at {endpoint} broke: {cause.Message}", cause);

    private void Drop()
    {
        connection?.Dispose();
        connection = null;
    }

    /// <summary>Milliseconds since 1970; null when the text is no such time.</summary>
    private static DateTimeOffset? ParseTime(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null;

    /// <summary>An invocation without its id can't be answered, and one without its deadline could be lost to a time-out.</summary>
    private static RuntimeApiException Missing(string header) => new($"The Runtime API sent an event without a readable {header} header.");
}

/// <summary>One event to handle.</summary>
/// <param name="Deadline">When Lambda ends the invocation.</param>
/// <param name="TraceId">The X-Ray header of the invocation; null when Lambda sent none.</param>
/// <param name="InvocationId">Sent back with the answer; null when Lambda sent none.</param>
/// <param name="Event">Holds until the next call of the Runtime API.</param>
internal sealed record Invocation(
    string RequestId,
    DateTimeOffset Deadline,
    string? TraceId,
    string? InvocationId,
    ReadOnlyMemory<byte> Event);

/// <summary>The Runtime API can't be used any further: the process has to end, and Lambda starts another.</summary>
internal sealed class RuntimeApiException(string message, Exception? cause = null) : Exception(message, cause);
