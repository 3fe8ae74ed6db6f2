using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;

namespace SqsAotLambda.Settings;

/// <summary>Every setting of the function, read once from its environment variables.</summary>
internal sealed record FunctionSettings
{
    /// <summary>The names of settings that are routes and credentials, or hold them.</summary>
    public static readonly string[] OfRoutesAndCredentials = ["FORWARD_URL", "FORWARD_ROUTES", "FORWARD_ROUTES_FILE", "FORWARD_AUTH"];

    /// <summary>The first that a message meets takes it; <c>FORWARD_URL</c> is the last, and takes all.</summary>
    public required IReadOnlyList<Route> Routes { get; init; }

    /// <summary>Whether addresses of this machine may be dialled: local runs only.</summary>
    public required bool AllowLoopback { get; init; }

    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Whether a connection to the endpoint of <c>FORWARD_URL</c> is opened before the first message.</summary>
    public required bool Preconnect { get; init; }

    /// <summary>Requests under way at once, at most.</summary>
    public required int Concurrency { get; init; }

    /// <summary>How long before Lambda's deadline everything is done.</summary>
    public required TimeSpan DeadlineMargin { get; init; }

    /// <summary>Requests under way at once for the messages of one group of a standard queue, at most; null: no limit of their own.</summary>
    public required int? GroupConcurrency { get; init; }

    /// <summary>Requests a second; null: no limit.</summary>
    public required int? RateLimit { get; init; }

    /// <summary>An endpoint that throttles gets fewer requests a second.</summary>
    public required bool Pace { get; init; }

    /// <summary>An endpoint that rejects one message after the other is not believed each time.</summary>
    public required bool Suspect { get; init; }

    public required Backoff Backoff { get; init; }

    public required bool Breaker { get; init; }

    /// <summary>Receives after which SQS moves a message to the dead-letter queue; null when not known, or without dead letters.</summary>
    public required int? MaxReceiveCount { get; init; }

    /// <summary>Null: Rejected messages stay on the queue.</summary>
    public required Uri? DeadLetterQueue { get; init; }

    /// <summary>In the place of AWS's own; null: AWS's own.</summary>
    public required Uri? SqsEndpoint { get; init; }

    /// <summary>In the place of AWS's own; null: AWS's own.</summary>
    public required Uri? SecretsManagerEndpoint { get; init; }

    /// <summary>In the place of AWS's own; null: AWS's own.</summary>
    public required Uri? ParameterStoreEndpoint { get; init; }

    public required AuthEntries Auth { get; init; }

    /// <summary>Of the HMAC by which dead letters of our own are known; null: whatever a message says of its first id is believed.</summary>
    public required SecretSource? RedriveKey { get; init; }

    public IEnumerable<SecretSource> Secrets => RedriveKey is null ? Auth.Secrets : Auth.Secrets.Append(RedriveKey);

    public required RequestSettings Requests { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <exception cref="InvalidSettingsException">Something is wrong; it lists every fault.</exception>
    public static FunctionSettings Parse(IReadOnlyDictionary<string, string> environment) => Parse(new Variables(environment));

    internal static FunctionSettings Parse(Variables read)
    {
        var allowHttp = read.Flag("FORWARD_ALLOW_HTTP");
        var allowLoopback = read.Flag("FORWARD_ALLOW_LOOPBACK");
        var urls = new UrlRule(allowHttp, new(allowLoopback), new("FORWARD_ALLOW_HTTP=true", "FORWARD_ALLOW_LOOPBACK=true"));
        var auth = AuthReader.Read(read, urls);
        var deadLetters = read.OneOf("FORWARD_DEAD_LETTERS", "on", "off") == "on";
        var mostReceives = read.OptionalInt("FORWARD_MAX_RECEIVE_COUNT", min: 1, max: 1000);
        var maxReceiveCount = deadLetters ? mostReceives : null;
        var deadLetterQueue = UrlSettings.Optional(read, "FORWARD_DLQ_URL");
        var keyHeader = read.Text("FORWARD_IDEMPOTENCY_HEADER", "Idempotency-Key", HeaderNames.Allowed, IsKeyHeader);
        var settings = new FunctionSettings
        {
            Routes = ReadRoutes(read, auth, urls, keyHeader),
            AllowLoopback = allowLoopback,
            ConnectTimeout = read.Duration("FORWARD_CONNECT_TIMEOUT", "3s", min: "1ms", max: "15m"),
            Preconnect = read.OneOf("FORWARD_PRECONNECT", "on", "off") == "on",
            Concurrency = read.Int("FORWARD_CONCURRENCY", 10, min: 1, max: 1000),
            DeadlineMargin = read.Duration("FORWARD_DEADLINE_MARGIN", "1500ms", min: "500ms", max: "1m"),
            GroupConcurrency = read.OptionalInt("FORWARD_GROUP_CONCURRENCY", min: 1, max: 1000),
            RateLimit = read.OptionalInt("FORWARD_RATE_LIMIT", min: 1, max: 10_000),
            Pace = read.OneOf("FORWARD_PACE", "on", "off") == "on",
            Suspect = read.OneOf("FORWARD_SUSPECT", "on", "off") == "on",
            Backoff = ReadBackoff(read, maxReceiveCount),
            Breaker = read.OneOf("FORWARD_BREAKER", "on", "off") == "on",
            MaxReceiveCount = maxReceiveCount,
            DeadLetterQueue = deadLetters ? deadLetterQueue : null,
            SqsEndpoint = UrlSettings.Optional(read, "AWS_ENDPOINT_URL_SQS"),
            SecretsManagerEndpoint = UrlSettings.Optional(read, "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
            ParameterStoreEndpoint = UrlSettings.Optional(read, "AWS_ENDPOINT_URL_SSM"),
            Auth = auth,
            RedriveKey = ReadRedriveKey(read),
            Requests = ReadRequests(read, keyHeader),
            LogLevel = read.Enum("AWS_LAMBDA_LOG_LEVEL", LogLevel.Info),
        };

        RefuseEventsInBodies(read, settings);
        read.Refuse("AWS_LAMBDA_MAX_CONCURRENCY", "Lambda Managed Instances run several invocations at once, which is not supported yet");
        read.RefuseUnknown("FORWARD_");
        return read.Faults.Count == 0 ? settings : throw new InvalidSettingsException(read.Faults);
    }

    private static Backoff ReadBackoff(Variables read, int? maxReceiveCount) => new(
        read.Duration("FORWARD_BACKOFF_BASE", "30s", min: "0s", max: "12h"),
        read.Duration("FORWARD_BACKOFF_CAP", "2h", min: "1s", max: "12h"),
        read.Duration("FORWARD_RETRY_AFTER_MAX", "2h", min: "0s", max: "12h"),
        maxReceiveCount);

    private static RequestSettings ReadRequests(Variables read, string keyHeader) => new()
    {
        ContentType = read.Text("FORWARD_CONTENT_TYPE", "application/json", "a media type such as application/json", IsMediaType),
        Headers = read.Parsed("FORWARD_HEADERS", "sqsd", HeaderDialects.Allowed, HeaderDialects.TryParse),
        CloudEventsType = read.Text("FORWARD_CLOUDEVENTS_TYPE", CloudEvent.DefaultType, CloudEvent.TypeAllowed, CloudEvent.IsType),
        UserAgent = read.Text("FORWARD_USER_AGENT", $"SqsAotLambda/{Version}", "printable ASCII", HeaderText.IsPrintable),
        Limit = new(read.Int("FORWARD_MAX_HEADER", 8000, min: 1000, max: 64_000), "FORWARD_MAX_HEADER"),
        IdempotencyHeader = keyHeader,
        IdempotencySource = read.Parsed("FORWARD_IDEMPOTENCY_SOURCE", "messageId", IdempotencySource.Allowed, IdempotencySource.TryParse),
    };

    /// <summary>Receivers would take such an event from the body, and the headers for nothing.</summary>
    private static void RefuseEventsInBodies(Variables read, FunctionSettings settings)
    {
        if (!settings.Requests.Headers.CloudEvents) return;

        const string Allowed = "it takes the media type of the event's data, since FORWARD_HEADERS sends the event in headers";
        var type = settings.Requests.ContentType;
        if (CloudEvent.IsInBody(type)) read.Fault($"FORWARD_CONTENT_TYPE={type} is not allowed; {Allowed}.");
        foreach (var route in settings.Routes)
        {
            var own = route.Headers.FirstOrDefault(header => HeaderNames.IsContentType(header.Name))?.Value;
            if (own is not null && CloudEvent.IsInBody(own.Join("")))
                read.Fault($"Route {route.Name} has a Content-Type that is not allowed; {Allowed}.");
        }
    }

    private static SecretSource? ReadRedriveKey(Variables read)
    {
        const string setting = "FORWARD_REDRIVE_KEY";
        return read.OptionalText(setting) is { } text
            ? new SecretReader(read).Read(text, SecretForm.Key, setting, what => read.Fault($"{setting} names a secret {what}."))
            : null;
    }

    private static string Version => typeof(FunctionSettings).Assembly.GetName().Version!.ToString(fieldCount: 3);

    /// <summary>Type and subtype, perhaps with parameters.</summary>
    private static bool IsMediaType(string text) =>
        HeaderText.IsPrintable(text) && text.Split(';')[0].TrimEnd().Split('/') is [var type, var subtype]
        && HeaderText.IsToken(type) && HeaderText.IsToken(subtype);

    private static bool IsKeyHeader(string name) => HeaderNames.IsFree(name) && !name.Equals("Authorization", StringComparison.OrdinalIgnoreCase);

    private static List<Route> ReadRoutes(Variables read, AuthEntries auth, UrlRule urls, string keyHeader)
    {
        var url = UrlSettings.Endpoint(read, "FORWARD_URL", urls);
        var last = new Route
        {
            Name = "default",
            Url = url,
            Method = read.OneOf("FORWARD_METHOD", "POST", "PUT", "PATCH"),
            Timeout = read.Duration("FORWARD_TIMEOUT", "15s", min: "1ms", max: "15m"),
            Resend = read.OneOf("FORWARD_RESEND", "on", "off") == "on",
            Statuses = new(
                read.Parsed("FORWARD_SUCCESS_ON", "200-299", StatusSet.Allowed, StatusSet.TryParse),
                read.Parsed("FORWARD_RETRY_ON", "", StatusSet.Allowed, StatusSet.TryParse),
                read.Parsed("FORWARD_REJECT_ON", "", StatusSet.Allowed, StatusSet.TryParse))
            {
                HeedsDisposition = read.OneOf("FORWARD_DISPOSITION", "off", "on") == "on",
            },
        };
        var (inline, file) = (read.Json("FORWARD_ROUTES"), read.JsonFile("FORWARD_ROUTES_FILE"));
        if (read.IsSet("FORWARD_ROUTES") && read.IsSet("FORWARD_ROUTES_FILE"))
            read.Fault("FORWARD_ROUTES and FORWARD_ROUTES_FILE are both set; one of them holds all routes.");

        var reader = new RouteReader(read, last, auth, urls, keyHeader);
        List<Route> routes = (inline ?? file) is { } json
            ? [.. reader.Read(json, inline is null ? "FORWARD_ROUTES_FILE" : "FORWARD_ROUTES")]
            : [];
        if (url is not null)
        {
            var (credential, signature) = ("default", "default-sign");
            routes.Add(
                last with { Auth = auth.HasCredential(credential) ? credential : null, Sign = auth.HasSignature(signature) ? signature : null });
        }
        else if (!read.IsSet("FORWARD_URL") && !read.IsSet("FORWARD_ROUTES") && !read.IsSet("FORWARD_ROUTES_FILE"))
            read.Fault($"FORWARD_URL is missing; it takes {urls.Allowed}.");
        return routes;
    }
}
