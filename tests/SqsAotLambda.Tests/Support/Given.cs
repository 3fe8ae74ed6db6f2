using System.Text;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Io;
using SqsAotLambda.Logging;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>Messages, batches and settings for tests.</summary>
internal static class Given
{
    public static readonly Queue Orders = new("arn:aws:sqs:us-east-1:123456789012:orders");
    public static readonly Queue OrdersFifo = new("arn:aws:sqs:us-east-1:123456789012:orders.fifo");

    /// <summary>2026-01-02 03:04:05 UTC, until the test moves it; on the loop, too.</summary>
    public static FakeTimeProvider Clock() => TestLoop.Follow(new FakeTimeProvider(new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));

    /// <summary>A loop on which that is the time.</summary>
    public static Loop Loop()
    {
        Clock();
        return TestLoop.Here;
    }

    public static Message Message(string id = "id", string body = "{}", int position = 0) =>
        new()
        {
            Id = id,
            Position = position,
            Queue = Orders,
            ReceiptHandle = Encoding.UTF8.GetBytes($"handle of {id}"),
            Body = Encoding.UTF8.GetBytes(body),
            ReceiveCount = 1,
        };

    /// <summary>A batch of a standard queue.</summary>
    public static Message[] Batch(params string[] ids) => [.. ids.Select((id, position) => Message(id, position: position))];

    /// <summary>A batch of a FIFO queue; <c>a:1</c> is message 1 of group a.</summary>
    public static Message[] FifoBatch(params string[] messages) =>
        [.. messages.Select((text, position) => Message(text, position: position) with { Queue = OrdersFifo, GroupId = text.Split(':')[0] })];

    /// <summary>An invocation of these messages, with a minute left of it.</summary>
    public static Batch Invocation(IReadOnlyList<Message> messages, TimeProvider time) => Invocation(messages, time, TimeSpan.FromMinutes(1));

    /// <param name="lifetime">Until Lambda ends it; the margin is the default one.</param>
    public static Batch Invocation(IReadOnlyList<Message> messages, TimeProvider time, TimeSpan lifetime) =>
        new("request", time.GetUtcNow() + lifetime - TimeSpan.FromMilliseconds(1500), time.GetUtcNow() + lifetime, messages);

    /// <summary>The end of an invocation that has a minute left.</summary>
    public static Closing Closing(TimeProvider? time = null) =>
        new((time ?? TimeProvider.System).GetUtcNow() + TimeSpan.FromMinutes(1), time ?? TimeProvider.System);

    /// <summary>The last endpoint of the settings: that of their URL.</summary>
    public static Endpoint Endpoint(FunctionSettings settings) => Endpoint(settings.Routes[^1]);

    /// <summary>Without the rules that learn from answers, but for those that are asked for.</summary>
    public static Endpoint Endpoint(Route route, bool breaker = false, bool pace = false, bool suspect = false) =>
        new(route, () => new(breaker, TestLoop.Here), new Pace(pace, TestLoop.Here), new Suspicion(suspect));

    /// <summary>An endpoint that takes every message.</summary>
    public static Endpoint Endpoint(bool breaker = false, bool pace = false, bool suspect = false) =>
        Endpoint(Settings(new("https://example.com/hook")).Routes[^1], breaker, pace, suspect);

    /// <summary>How the delivery of a message ends under these settings, without a dead-letter queue.</summary>
    public static async Task<Delivery> DeliveryAsync(Message message, params (string Name, string Value)[] others)
    {
        using var function = Function(Settings(new("https://example.com/"), others));
        return await DeliverAsync(function, message);
    }

    public static async Task<Delivery> DeliverAsync(Function function, Message message, Deadline? deadline = null) =>
        await function.DeliverAsync(message, Closing(), deadline ?? Deadline.Never);

    /// <summary>A function as the hosts have it, with no log unless one is given.</summary>
    public static Function Function(
        FunctionSettings settings, Substitutes? instead = null, TimeProvider? time = null, Random? random = null, JsonLog? log = null) =>
        SqsAotLambda.Function.Compose(settings, Surroundings(time, log) with { Random = random ?? Random.Shared }, instead);

    /// <summary>No log unless one is given, and no keys.</summary>
    public static Surroundings Surroundings(TimeProvider? time = null, JsonLog? log = null)
    {
        return new(log ?? new JsonLog(Stream.Null, LogLevel.Fatal, time ?? TimeProvider.System), TestLoop.Here);
    }

    /// <summary>The request that carries a message under these settings; null when there is none.</summary>
    public static async Task<Request?> RequestAsync(FunctionSettings settings, Message message)
    {
        Request? sent = null;
        using var function = Function(settings, new() { Ask = Keep });
        await DeliverAsync(function, message);
        return sent;

        ValueTask<Answer> Keep(Request request, Route route, TimeSpan? again, Deadline deadline)
        {
            sent = request;
            return new(new Answer(200));
        }
    }

    /// <summary>
    /// A function with the default back-off, and the middle of all chances. Unless it is told otherwise it holds nothing back, copies nothing,
    /// and knows no last receive.
    /// </summary>
    public static Function Handler(
        IReadOnlyList<Endpoint> endpoints,
        Send send,
        TimeProvider time,
        Bury? bury = null,
        Postpone? postpone = null,
        RateLimit? rate = null,
        int? maxReceiveCount = null,
        int concurrency = 10,
        Func<double>? chance = null,
        JsonLog? log = null,
        TimeSpan? backoffBase = null,
        Action<IReadOnlyList<Message>>? writeAnswer = null) =>
        Function(
            Settings(
                new("https://example.com/hook"),
                ("FORWARD_CONCURRENCY", $"{concurrency}"),
                ("FORWARD_MAX_RECEIVE_COUNT", $"{maxReceiveCount}"),
                ("FORWARD_BACKOFF_BASE", $"{(backoffBase ?? TimeSpan.FromSeconds(30)).TotalMilliseconds}ms")),
            new()
            {
                Endpoints = endpoints,
                Send = send,
                Bury = bury ?? ((_, _, _) => Task.FromResult(false)),
                Postpone = postpone ?? ((_, _, _) => Task.CompletedTask),
                RateLimit = rate,
                WriteAnswer = writeAnswer ?? (_ => { }),
            },
            time,
            new Chance(chance ?? (() => 0.5)),
            log);

    /// <summary>The settings of an environment that names at least an endpoint; of two of one name the last counts.</summary>
    public static FunctionSettings Settings(Uri url, params (string Name, string Value)[] others)
    {
        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in others) environment[name] = value;
        environment.TryAdd("FORWARD_URL", url.ToString());
        environment.TryAdd("FORWARD_ALLOW_HTTP", "true");
        environment.TryAdd("FORWARD_ALLOW_LOOPBACK", "true");
        return FunctionSettings.Parse(environment);
    }

    private sealed class Chance(Func<double> next) : Random
    {
        public override double NextDouble() => next();
    }
}
