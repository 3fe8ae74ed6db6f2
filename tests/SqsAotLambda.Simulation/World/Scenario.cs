using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Simulation.World;

/// <summary>What a seed makes of settings, queue and endpoints. The variables are what the function parses.</summary>
internal sealed partial class Scenario
{
    public const string RuntimeApi = "127.0.0.1:9001";

    public const string QueueArn = "arn:aws:sqs:us-east-1:123456789012:orders";

    public const string DeadLetterUrl = "http://sqs.test/123456789012/dead";

    /// <summary>Of messages that a rule drops.</summary>
    public const string DroppedKind = "ping";

    /// <summary>Messages at once, each of which waits for its turn.</summary>
    private const int MostRationed = 20;

    private readonly Chance chance;
    private readonly Dictionary<string, bool> secured = [];

    /// <summary>Milliseconds, of a request.</summary>
    private int shortestTimeout;

    /// <param name="isTrial">Of good messages among bad ones, with nothing else to trouble them.</param>
    public Scenario(Chance chance, bool isTrial)
    {
        this.chance = chance;
        IsTrial = isTrial;
        Pressure = new(chance, isTrial);
        if (isTrial)
        {
            (FunctionSeconds, Visibility, MaxReceives, Invocations, BatchSize, Hosts) = (20, 120_000, 5, 5000, 10, 1);
            FillTrial();
            return;
        }

        IsFifo = chance.OneIn(3);
        FunctionSeconds = chance.Of(6, 10, 20, 60);
        Visibility = FunctionSeconds * 6000L;
        MaxReceives = chance.OneIn(4) ? null : chance.Between(1, 6);
        Invocations = chance.OneIn(8) ? chance.Between(6, 20) : chance.Between(2, 5);
        BatchSize = chance.OneIn(12) ? chance.Between(11, 40) : chance.Between(1, 10);
        Hosts = chance.Between(1, 3);
        IsUnknownQueue = !IsFifo && chance.OneIn(30);
        LostLines = chance.OneIn(30) ? chance.Between(1, 6) : 0;
        Restarts = chance.OneIn(6) ? chance.Between(2, 5) : 0;
        Pauses = chance.OneIn(5) ? 2 : 0;
        IsCrowded = chance.OneIn(300);
        if (Pressure.Strain is not Strain.None) (BatchSize, Invocations) = (chance.Between(5, 40), chance.Between(3, 12));
        if (Pressure.IsCalm) (LostLines, Restarts, Pauses) = (0, 0, 0);
        if (IsCrowded) (BatchSize, Invocations) = (200, 2);
        if (Pressure.IsRationed) (IsFifo, MaxReceives, BatchSize, IsCrowded) = (false, chance.Between(1, 2), MostRationed, false);
        FillVariables();
        if (Pressure.IsRationed) Ration();
    }

    public Dictionary<string, string> Variables { get; } = [];

    public Pressure Pressure { get; }

    /// <summary>Good messages among bad ones, with nothing else to trouble them.</summary>
    public bool IsTrial { get; }

    public bool IsFifo { get; }

    /// <summary>After which Lambda ends an invocation.</summary>
    public int FunctionSeconds { get; }

    /// <summary>In milliseconds, of the queue.</summary>
    public long Visibility { get; }

    /// <summary>Receives after which SQS moves a message to the dead-letter queue; null: never.</summary>
    public int? MaxReceives { get; }

    public int Invocations { get; }

    public int BatchSize { get; }

    /// <summary>Many messages at once.</summary>
    public bool IsCrowded { get; }

    /// <summary>Hosts of endpoints, named h0.test and so on.</summary>
    public int Hosts { get; }

    /// <summary>Values of the attribute <c>type</c> that routes know, with the number of their host; null: it is dropped.</summary>
    public Dictionary<string, int?> Kinds { get; } = [];

    /// <summary>The host of all other messages; null: no route takes them.</summary>
    public int? DefaultHost { get; private set; }

    /// <summary>Kinds whose URL is made of the attribute <c>tenant</c>.</summary>
    public HashSet<string> TenantKinds { get; } = [];

    /// <summary>Milliseconds.</summary>
    public int ConnectTimeout { get; private set; }

    public int Concurrency { get; private set; }

    /// <summary>
    /// Descriptors: one for Lambda; ten calls that change visibilities and one for each secret, to two addresses at once; for each slot an idle
    /// connection to each host, and two that are being opened, for its request and for a copy, to two addresses at once. A request that is given
    /// up leaves its opening behind for the rest of the time to connect.
    /// </summary>
    public int MostConnections => 21 + (2 * Secrets.Count) + (Concurrency * (Hosts + 4 + (2 * (ConnectTimeout / shortestTimeout))));

    /// <summary>Milliseconds, of <c>FORWARD_DEADLINE_MARGIN</c>.</summary>
    public int Margin { get; private set; }

    /// <summary>No ARN of SQS names the queue, so that nothing is copied or held back.</summary>
    public bool IsUnknownQueue { get; }

    /// <summary>Of each so many lines of the log one finds no room; 0: none does.</summary>
    public int LostLines { get; }

    /// <summary>Of each so many invocations one ends the process, and of each so many calls of next; 0: none does.</summary>
    public int Restarts { get; }

    /// <summary>Of each so many invocations one stands still for a while; 0: none does.</summary>
    public int Pauses { get; }

    /// <summary>The methods of kinds that are not POST.</summary>
    public Dictionary<string, string> Methods { get; } = [];

    /// <summary>The name of its route; null: no route takes it.</summary>
    public string? RouteOf(SimulatedMessage message) =>
        message.Kind is { } kind && Kinds.TryGetValue(kind, out var host) ? host is null ? "noise" : kind : DefaultHost is null ? null : "default";

    /// <summary>No request can be made of it.</summary>
    public bool IsUnfit(SimulatedMessage message) => message.HasNoBody || RouteOf(message) is not { } route
        || (TenantKinds.Contains(route) && message.Tenant is null);

    /// <summary>It is reached by https alone.</summary>
    /// <param name="host">Its name.</param>
    public bool IsSecured(string host) => secured.TryGetValue(host, out var known) ? known : secured[host] = chance.OneIn(2);

    private string UrlOf(string host) => $"{(IsSecured(host) ? "https" : "http")}://{host}";

    private void FillVariables()
    {
        shortestTimeout = chance.Of(500, 2000, 5000, 15000);
        ConnectTimeout = chance.Of(300, 1000, 3000);
        Concurrency = IsCrowded ? chance.Between(50, 200)
            : Pressure.IsRationed ? MostRationed
            : Pressure.IsCalm ? chance.Of(1, 2, 3, 5, 10)
            : chance.OneIn(3) ? 10 : chance.Between(1, 20);
        Margin = chance.Of(500, 1500, 3000);
        Set("FORWARD_ALLOW_HTTP", "true");
        Set("FORWARD_TIMEOUT", $"{shortestTimeout}ms");
        Set("FORWARD_CONNECT_TIMEOUT", $"{ConnectTimeout}ms");
        Set("FORWARD_CONCURRENCY", Text(Concurrency));
        Set("FORWARD_DEADLINE_MARGIN", $"{Margin}ms");
        Set("FORWARD_PRECONNECT", chance.Of("on", "on", "off"));
        Set("FORWARD_RESEND", chance.Of("on", "on", "on", "off"));
        Set("FORWARD_BREAKER", chance.Of("on", "on", "on", "off"));
        Set("FORWARD_BACKOFF_BASE", chance.Of("30s", "30s", "1s", "0s"));
        Set("AWS_ENDPOINT_URL_SQS", $"{UrlOf("sqs.test")}/");
        Set("AWS_ENDPOINT_URL_SECRETS_MANAGER", $"{UrlOf("secrets.test")}/");
        Set("AWS_ENDPOINT_URL_SSM", $"{UrlOf("ssm.test")}/");
        if (MaxReceives is { } most && !chance.OneIn(6)) Set("FORWARD_MAX_RECEIVE_COUNT", Text(most));
        if (!chance.OneIn(4)) Set("FORWARD_DLQ_URL", DeadLetterUrl);
        if (chance.OneIn(8)) Set("FORWARD_RATE_LIMIT", chance.Of("1", "5", "50"));
        Pressure.Set(Set);
        if (chance.OneIn(6)) Set("FORWARD_HEADERS", "sqsd,cloudevents");
        if (chance.OneIn(6)) Set("FORWARD_SUCCESS_ON", "200-299,409");
        if (chance.OneIn(6)) Set("FORWARD_RETRY_ON", "404,422");
        if (chance.OneIn(8)) Set("AWS_LAMBDA_LOG_LEVEL", chance.Of("DEBUG", "WARN", "ERROR"));
        if (chance.OneIn(6)) AddRedriveKey();
        AddRoutes();
        if (auth.Count > 0) Set("FORWARD_AUTH", JsonSerializer.Serialize(auth));
    }

    private void Ration()
    {
        Set("FORWARD_RATE_LIMIT", "1");
        Set("FORWARD_MAX_RECEIVE_COUNT", Text(MaxReceives!.Value));
        Set("FORWARD_DLQ_URL", DeadLetterUrl);
    }

    private void FillTrial()
    {
        (shortestTimeout, ConnectTimeout, Concurrency, Margin, DefaultHost) = (15_000, 3000, 10, 1500, 0);
        Set("FORWARD_ALLOW_HTTP", "true");
        Set("FORWARD_URL", $"{UrlOf("h0.test")}/all");
        Set("FORWARD_DLQ_URL", DeadLetterUrl);
        Set("FORWARD_MAX_RECEIVE_COUNT", Text(MaxReceives!.Value));
        Set("AWS_ENDPOINT_URL_SQS", $"{UrlOf("sqs.test")}/");
    }

    private void AddRoutes()
    {
        var routes = new List<object>();
        for (var count = chance.OneIn(2) ? 0 : chance.Between(1, 3); routes.Count < count;)
        {
            var (kind, host) = ($"kind{routes.Count}", chance.Below(Hosts));
            var hasTenant = chance.OneIn(3);
            var route = new Dictionary<string, object>
            {
                ["name"] = kind,
                ["when"] = new Dictionary<string, string> { ["attribute:type"] = kind },
                ["url"] = $"{UrlOf($"h{host}.test")}/{kind}{(hasTenant ? "/{attribute:tenant}" : "")}",
            };
            if (hasTenant) TenantKinds.Add(kind);
            if (chance.OneIn(4))
            {
                var timeout = chance.Of(300, 1000, 4000);
                route["timeout"] = $"{timeout}ms";
                shortestTimeout = Math.Min(shortestTimeout, timeout);
            }

            if (!Pressure.IsCalm && chance.OneIn(4)) route["auth"] = AddAuth($"auth{routes.Count}", kind);
            if (chance.OneIn(5)) route["method"] = Methods[kind] = chance.Of("PUT", "GET", "DELETE");
            if (chance.OneIn(6)) route["rejectOn"] = chance.Of("500", "400");
            if (chance.OneIn(5)) route["disposition"] = chance.OneIn(2);
            if (chance.OneIn(5)) route["resend"] = chance.OneIn(2);
            Kinds[kind] = host;
            routes.Add(route);
        }

        if (chance.OneIn(3))
        {
            Kinds[DroppedKind] = null;
            routes.Add(new { name = "noise", when = new Dictionary<string, string> { ["attribute:type"] = DroppedKind }, drop = true });
        }

        if (routes.Count > 0) Set("FORWARD_ROUTES", JsonSerializer.Serialize(routes));
        if (Kinds.Count > 1 && chance.OneIn(4)) return;

        DefaultHost = chance.Below(Hosts);
        Set("FORWARD_URL", $"{UrlOf($"h{DefaultHost}.test")}/all");
        if (!Pressure.IsCalm && chance.OneIn(3)) AddAuth("default", "default");
        if (!Pressure.IsCalm && chance.OneIn(5)) AddSignature();
    }

    private void Set(string name, string value) => Variables[name] = value;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
