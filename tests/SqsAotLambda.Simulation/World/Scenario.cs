using System.Globalization;
using System.Text.Json;

namespace SqsAotLambda.Simulation.World;

/// <summary>What a seed makes of settings, queue and endpoints. The variables are what the function parses.</summary>
internal sealed class Scenario
{
    public const string RuntimeApi = "127.0.0.1:9001";

    public const string QueueArn = "arn:aws:sqs:us-east-1:123456789012:orders";

    public const string DeadLetterUrl = "http://sqs.test/123456789012/dead";

    /// <summary>Of messages that a rule drops.</summary>
    public const string DroppedKind = "ping";

    private readonly Chance chance;
    private readonly Dictionary<string, object> auth = [];
    private readonly Dictionary<string, bool> secured = [];

    /// <summary>Milliseconds, of a request.</summary>
    private int shortestTimeout;

    public Scenario(Chance chance)
    {
        this.chance = chance;
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
        if (IsCrowded) (BatchSize, Invocations) = (200, 2);
        FillVariables();
    }

    public Dictionary<string, string> Variables { get; } = [];

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

    public bool HasDeadLetters => Variables.ContainsKey("FORWARD_DLQ_URL");

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

    /// <summary>The credentials of kinds, and of all others under the name <c>default</c>.</summary>
    public Dictionary<string, Proof> Proofs { get; } = [];

    /// <summary>The methods of kinds that are not POST.</summary>
    public Dictionary<string, string> Methods { get; } = [];

    /// <summary>With which requests to <c>FORWARD_URL</c> are signed; null: they are not.</summary>
    public string? SigningKey { get; private set; }

    public List<string> Secrets { get; } = [];

    /// <summary>The key for dead letters of the function's own; null: there is none.</summary>
    public string? RedriveKey { get; private set; }

    /// <summary>Texts that Secrets Manager and Parameter Store hold, by ARN.</summary>
    public Dictionary<string, string> Stored { get; } = [];

    /// <summary>It is reached by https alone.</summary>
    /// <param name="host">Its name.</param>
    public bool IsSecured(string host) => secured.TryGetValue(host, out var known) ? known : secured[host] = chance.OneIn(2);

    private string UrlOf(string host) => $"{(IsSecured(host) ? "https" : "http")}://{host}";

    private void FillVariables()
    {
        shortestTimeout = chance.Of(500, 2000, 5000, 15000);
        ConnectTimeout = chance.Of(300, 1000, 3000);
        Concurrency = IsCrowded ? chance.Between(50, 200) : chance.OneIn(3) ? 10 : chance.Between(1, 20);
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
        if (chance.OneIn(6)) Set("FORWARD_HEADERS", "sqsd,cloudevents");
        if (chance.OneIn(6)) Set("FORWARD_SUCCESS_ON", "200-299,409");
        if (chance.OneIn(6)) Set("FORWARD_RETRY_ON", "404,422");
        if (chance.OneIn(8)) Set("AWS_LAMBDA_LOG_LEVEL", chance.Of("DEBUG", "WARN", "ERROR"));
        if (chance.OneIn(6)) AddRedriveKey();
        AddRoutes();
        if (auth.Count > 0) Set("FORWARD_AUTH", JsonSerializer.Serialize(auth));
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

            if (chance.OneIn(4)) route["auth"] = AddAuth($"auth{routes.Count}", kind);
            if (chance.OneIn(5)) route["method"] = Methods[kind] = chance.Of("PUT", "GET", "DELETE");
            if (chance.OneIn(6)) route["rejectOn"] = "500";
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
        if (chance.OneIn(3)) AddAuth("default", "default");
        if (chance.OneIn(5)) AddSignature();
    }

    private void AddSignature()
    {
        auth["default-sign"] = new { type = "hmac-sha256", header = "X-Signature", prefix = "sha256=", secret = AddSecret("sign") };
        SigningKey = Secrets[^1];
    }

    private string AddAuth(string name, string kind)
    {
        var type = chance.Of("oauth2", "header", "basic", "bearer");
        var where = AddSecret(name);
        auth[name] = type switch
        {
            "oauth2" => new { type, tokenUrl = $"{UrlOf("token.test")}/oauth", clientId = "client", clientSecret = where },
            "header" => new { type, name = "X-Api-Key", value = where },
            "basic" => (object)new { type, username = "user", password = where },
            _ => new { type, token = where },
        };
        Proofs[kind] = new(type, Secrets[^1], where.Contains("arn:", StringComparison.Ordinal) ? where[(where.IndexOf(':') + 1)..] : null);
        return name;
    }

    private void AddRedriveKey()
    {
        Set("FORWARD_REDRIVE_KEY", AddSecret("redrive"));
        RedriveKey = Secrets[^1];
    }

    /// <returns>Where it is.</returns>
    private string AddSecret(string name)
    {
        var value = $"secret-of-{name}-{chance.Below(int.MaxValue)}-0123456789abcdef";
        Secrets.Add(value);
        var where = chance.Below(3);
        if (where == 0)
        {
            Set($"SECRET_{name}", value);
            return $"env:SECRET_{name}";
        }

        var service = where == 1 ? "secretsmanager" : "ssm";
        var arn = $"arn:aws:{service}:us-east-1:123456789012:{(where == 1 ? "secret:" : "parameter/")}{name}";
        Stored[arn] = value;
        return $"{service}:{arn}";
    }

    private void Set(string name, string value) => Variables[name] = value;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
