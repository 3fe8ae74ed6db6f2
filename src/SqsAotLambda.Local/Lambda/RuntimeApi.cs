using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SqsAotLambda.Local.Lambda;

/// <summary>The Lambda Runtime API as one process sees it: what may be called when, and what is answered.</summary>
/// <remarks>https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html</remarks>
internal sealed class RuntimeApi(string functionArn, bool chunked, TimeProvider time)
{
    private const string Prefix = "/2018-06-01/runtime/";
    public const int MaxAnswerBytes = 6_291_556;
    private const int ChunkBytes = 4_096;

    private readonly Lock gate = new();
    private State state = State.Starting;
    private Invocation? current;
    private TaskCompletionSource<Invocation>? waiter;
    private TaskCompletionSource<FunctionError?> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private enum State
    {
        Starting = 0,
        InitFailed,
        Waiting,
        Running,
        TimedOut,
        Answered,
    }

    /// <summary>Completes when the process waits for an event: null, or why its init failed.</summary>
    public Task<FunctionError?> Ready
    {
        get { lock (gate) return ready.Task; }
    }

    /// <summary>Timestamp of the first call of <c>next</c>; null before it.</summary>
    public long? FirstPoll { get; private set; }

    /// <summary>Gives the event to the process, which must be waiting.</summary>
    /// <returns>null when it no longer waits.</returns>
    public Invocation? HandOut(byte[] @event, TimeSpan timeout)
    {
        lock (gate)
        {
            if (state is not State.Waiting) return null;

            state = State.Running;
            ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            current = new Invocation(Guid.NewGuid().ToString(), @event, time.GetUtcNow() + timeout, time.GetTimestamp());
            waiter!.SetResult(current);
            return current;
        }
    }

    /// <summary>From here on an answer comes too late; false when it is there already.</summary>
    public bool TimeOut()
    {
        lock (gate)
        {
            if (state is not State.Running) return false;

            state = State.TimedOut;
            return true;
        }
    }

    public async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        var call = path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..].Split('/') : [];
        await ((context.Request.Method, call) switch
        {
            ("GET", ["invocation", "next"]) => NextAsync(context),
            ("POST", ["invocation", var id, "response"]) => ResultAsync(context, id, isError: false),
            ("POST", ["invocation", var id, "error"]) => ResultAsync(context, id, isError: true),
            ("POST", ["init", "error"]) => InitErrorAsync(context),
            _ => RefuseAsync(context, Refusal.UnknownCall),
        });
    }

    private async Task NextAsync(HttpContext context)
    {
        TaskCompletionSource<Invocation>? mine = null;
        lock (gate)
        {
            FirstPoll ??= time.GetTimestamp();
            if (state is State.Starting or State.Answered)
            {
                state = State.Waiting;
                mine = waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
                ready.TrySetResult(null);
            }
        }
        if (mine is null)
        {
            await RefuseAsync(context, Refusal.InvalidState);
            return;
        }
        // No limit: an environment may wait for its next event for hours.
        await using var hungUp = context.RequestAborted.Register(() => GiveUp(mine));
        if (await mine.Task is { } invocation) await WriteAsync(context, 200, invocation.Event, () => AddHeaders(context, invocation));
    }

    /// <summary>The process hung up while it waited; it may call again.</summary>
    private void GiveUp(TaskCompletionSource<Invocation> gone)
    {
        lock (gate)
        {
            if (state is not State.Waiting || waiter != gone) return;

            state = State.Answered;
            ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
            gone.SetCanceled();
        }
    }

    private void AddHeaders(HttpContext context, Invocation invocation)
    {
        var headers = context.Response.Headers;
        var root = $"{time.GetUtcNow().ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        headers.ContentType = "application/json";
        headers["Lambda-Runtime-Aws-Request-Id"] = invocation.RequestId;
        headers["Lambda-Runtime-Deadline-Ms"] = invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = functionArn;
        headers["Lambda-Runtime-Trace-Id"] = $"Root=1-{root};Parent={RandomNumberGenerator.GetHexString(16, lowercase: true)};Sampled=0";
        headers["Lambda-Runtime-Invocation-Id"] = Guid.NewGuid().ToString();
    }

    private async Task ResultAsync(HttpContext context, string id, bool isError)
    {
        var body = await ReadAsync(context.Request);
        Refusal? refusal;
        lock (gate)
        {
            refusal = RefusalOf(id);
            if (refusal is null)
            {
                state = State.Answered;
                var error = isError ? Error(body) : null;
                if (body is null)
                {
                    refusal = Refusal.TooLarge;
                    error = new FunctionError(FunctionError.TooLarge, $"the answer is longer than {MaxAnswerBytes} bytes");
                }
                current!.Complete(new InvocationResult(body ?? [], error, time.GetTimestamp()));
            }
        }
        await (refusal is { } refused ? RefuseAsync(context, refused) : AcceptAsync(context));
    }

    private Refusal? RefusalOf(string id) => (current?.RequestId == id, state) switch
    {
        (false, _) => Refusal.UnknownId,
        (true, State.TimedOut) => Refusal.TooLate,
        (true, State.Running) => null,
        _ => Refusal.InvalidState,
    };

    private async Task InitErrorAsync(HttpContext context)
    {
        var body = await ReadAsync(context.Request);
        var allowed = false;
        lock (gate)
        {
            if (state is State.Starting)
            {
                allowed = true;
                state = State.InitFailed;
                ready.TrySetResult(Error(body));
            }
        }
        await (allowed ? AcceptAsync(context) : RefuseAsync(context, Refusal.InvalidState));
    }

    private static FunctionError Error(byte[]? body)
    {
        try
        {
            var error = JsonSerializer.Deserialize<ErrorBody>(body, JsonSerializerOptions.Web);
            return new FunctionError(error?.ErrorType ?? "Runtime.Unknown", error?.ErrorMessage ?? "");
        }
        catch (JsonException)
        {
            return new FunctionError("Runtime.Unknown", "the error report is no JSON");
        }
    }

    /// <returns>null when the body is longer than Lambda takes.</returns>
    private static async Task<byte[]?> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            // What is too long is read all the same, so that the client sees the answer and not a reset.
            if (body.Length <= MaxAnswerBytes) body.Write(buffer, 0, read);
        }
        return body.Length > MaxAnswerBytes ? null : body.ToArray();
    }

    private Task AcceptAsync(HttpContext context) =>
        WriteAsync(context, 202, "{\"status\":\"OK\"}\n"u8.ToArray(), () => context.Response.ContentType = "application/json");

    private Task RefuseAsync(HttpContext context, Refusal refusal) => WriteAsync(
        context,
        refusal.Status,
        JsonSerializer.SerializeToUtf8Bytes(new ErrorBody(refusal.Type, refusal.Message), JsonSerializerOptions.Web),
        () => context.Response.ContentType = "application/json");

    private async Task WriteAsync(HttpContext context, int status, byte[] body, Action addHeaders)
    {
        context.Response.StatusCode = status;
        addHeaders();
        if (!chunked)
        {
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
            return;
        }
        // Each flush ends a chunk; without a length Kestrel chunks by itself.
        foreach (var chunk in body.Chunk(ChunkBytes))
        {
            await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private sealed record ErrorBody(string? ErrorType, string? ErrorMessage);
}
