using System.Text.Json;
using SqsAotLambda.Settings;

namespace SqsAotLambda.EndToEnd.Support;

/// <summary>Inputs of the Terraform module that its timeout chain follows from.</summary>
/// <param name="Timeout">Of requests; durations are texts, as settings are.</param>
/// <param name="RouteTimeouts">Of routes of their own.</param>
/// <param name="FunctionTimeout">In seconds, as <paramref name="Window"/>; null: the module derives it.</param>
internal sealed record TimeoutChain(
    bool Fifo,
    int BatchSize,
    int Window,
    int Concurrency,
    int? RateLimit,
    string Timeout,
    IReadOnlyList<string> RouteTimeouts,
    string Margin,
    int? FunctionTimeout,
    string Base,
    string Cap,
    string RetryAfterMax,
    int MaxReceiveCount)
{
    private const string Url = "https://example.com/";
    private const int Second = 1000, Hour = 3600 * Second;

    public override string ToString() => JsonSerializer.Serialize(Inputs);

    private IEnumerable<object> Routes => RouteTimeouts.Select((timeout, index) => new { name = $"{index}", url = Url, timeout });

    /// <summary>As the function reads them.</summary>
    public FunctionSettings Settings => FunctionSettings.Parse(new Dictionary<string, string>
    {
        ["FORWARD_URL"] = Url,
        ["FORWARD_ROUTES"] = RouteTimeouts.Count == 0 ? "" : JsonSerializer.Serialize(Routes),
        ["FORWARD_TIMEOUT"] = Timeout,
        ["FORWARD_CONCURRENCY"] = $"{Concurrency}",
        ["FORWARD_RATE_LIMIT"] = $"{RateLimit}",
        ["FORWARD_DEADLINE_MARGIN"] = Margin,
        ["FORWARD_BACKOFF_BASE"] = Base,
        ["FORWARD_BACKOFF_CAP"] = Cap,
        ["FORWARD_RETRY_AFTER_MAX"] = RetryAfterMax,
        ["FORWARD_MAX_RECEIVE_COUNT"] = $"{MaxReceiveCount}",
    });

    /// <summary>As the module takes them.</summary>
    public object Inputs => new
    {
        fifo = Fifo,
        batch = new { size = BatchSize, window = Window },
        endpoint = new { url = Url, timeout = Timeout, concurrency = Concurrency, rate_limit = RateLimit, deadline_margin = Margin },
        routes = Routes,
        function = new { timeout = FunctionTimeout },
        backoff = new { @base = Base, cap = Cap, retry_after_max = RetryAfterMax },
        queue = new { max_receive_count = MaxReceiveCount },
    };

    /// <summary>Any that the module takes, small numbers as likely as large ones.</summary>
    public static TimeoutChain Any(Random random)
    {
        var fifo = random.Next(3) == 0;
        var size = Number(random, 1, fifo ? 10 : 10_000);
        var backoffBase = random.Next(6) == 0 ? 0 : Number(random, 1, 12 * Hour);
        return new(
            fifo,
            size,
            Window: fifo || (size <= 10 && random.Next(2) == 0) ? 0 : Number(random, 1, 300),
            Concurrency: Number(random, 1, 1000),
            RateLimit: random.Next(3) == 0 ? null : Number(random, 1, 10_000),
            Timeout: Duration(random, 1, 900 * Second),
            RouteTimeouts: [.. Enumerable.Range(0, random.Next(3)).Select(_ => Duration(random, 1, 900 * Second))],
            Margin: Duration(random, 500, 60 * Second),
            FunctionTimeout: random.Next(2) == 0 ? null : Number(random, 1, 900),
            Base: $"{backoffBase}ms",
            Cap: Duration(random, Math.Max(Second, backoffBase), 12 * Hour),
            RetryAfterMax: random.Next(3) == 0 ? "0s" : Duration(random, 1, 12 * Hour),
            MaxReceiveCount: Number(random, 1, 1000));
    }

    private static int Number(Random random, int min, int max) =>
        (int)Math.Clamp(Math.Round(Math.Exp(Math.Log(min) + (random.NextDouble() * (Math.Log(max) - Math.Log(min))))), min, max);

    /// <summary>In milliseconds or, where that is not below the least, in whole seconds.</summary>
    private static string Duration(Random random, int min, int max)
    {
        var length = Number(random, min, max);
        return random.Next(2) == 0 && length / Second * Second >= min ? $"{length / Second}s" : $"{length}ms";
    }
}
