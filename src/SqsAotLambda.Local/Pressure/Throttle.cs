namespace SqsAotLambda.Local.Pressure;

/// <summary>How the built-in endpoint throttles.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Status">429, or 503 with <c>Retry-After: 1</c>.</param>
internal sealed record ThrottleSetting(int Rate, int Status)
{
    public const int Burst = 3;
}

/// <summary>The built-in endpoint takes so many requests a second, as nginx does with <c>limit_req rate=… burst=3 nodelay</c>.</summary>
/// <remarks>https://nginx.org/en/docs/http/ngx_http_limit_req_module.html</remarks>
internal sealed class Throttle(ThrottleSetting setting, TimeProvider time) : Trouble
{
    /// <summary>One request, and the burst beyond it.</summary>
    private const double Capacity = 1 + ThrottleSetting.Burst;

    private readonly Lock gate = new();
    private double tokens = Capacity;
    private long filled = time.GetTimestamp();

    public override Behaviour? Meet()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            tokens = Math.Min(Capacity, tokens + (setting.Rate * time.GetElapsedTime(filled, now).TotalSeconds));
            filled = now;
            if (tokens < 1) return setting.Status == 429 ? Behaviour.Throttled : Behaviour.Overloaded;

            tokens--;
            return null;
        }
    }
}
