using System.Text;
using System.Text.Json;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>
/// Functions with entries of FORWARD_AUTH, between an endpoint, a token endpoint, a Secrets Manager and a Parameter Store on sockets. Each
/// entry has a route of its own.
/// </summary>
internal sealed class AuthAtWork : IAsyncDisposable
{
    /// <summary>What the environment variable SECRET holds, and what nothing may show.</summary>
    public const string Hidden = "hunter2";

    public const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";
    public const string ParameterArn = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/api-key";

    private readonly MemoryStream log = new();
    private readonly StubServer endpoint;
    private readonly List<Function> functions = [];
    private int status = 200;
    private int messages;

    public AuthAtWork()
    {
        Tokens = new(request => OnToken(request));
        endpoint = new(_ => Replies.Status(status));
    }

    public FakeTimeProvider Time { get; } = Given.Clock();

    public StubSecretsManager Secrets { get; } = new();

    public StubParameterStore Parameters { get; } = new();

    public StubServer Tokens { get; }

    /// <summary>By default each token is token-1.</summary>
    public Func<StubRequest, Reply> OnToken { get; set; } = _ => Token("token-1");

    /// <summary>What the endpoint received.</summary>
    public IReadOnlyList<StubRequest> Requests => endpoint.Requests;

    public string Logged => Encoding.UTF8.GetString(log.ToArray());

    /// <summary>An entry named api, whose client secret is stored.</summary>
    public string OAuth2 => $$"""
        { "api": { "type": "oauth2", "tokenUrl": "{{Tokens.Url}}token", "clientId": "id 1", "clientSecret": "secretsmanager:{{Arn}}",
                   "scope": "read write", "audience": "https://api/?a&b" } }
        """;

    /// <summary>An entry named a, whose token is stored.</summary>
    public static string Bearer => $$"""{ "a": { "type": "bearer", "token": "secretsmanager:{{Arn}}" } }""";

    public static Reply Token(string token, string more = "") =>
        Replies.Status(200, $$"""{"access_token":"{{token}}","token_type":"Bearer"{{more}}}""");

    /// <param name="json">FORWARD_AUTH.</param>
    /// <param name="resolve">Null: as the hosts do it.</param>
    public Function Of(string json, Func<AddressGuard, Resolve>? resolve = null)
    {
        var settings = Given.Settings(
            new("https://example.com"),
            ("FORWARD_AUTH", json),
            ("FORWARD_ROUTES", RoutesOf(json)),
            ("FORWARD_BREAKER", "off"),
            ("SECRET", Hidden),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", Secrets.Url.ToString()),
            ("AWS_ENDPOINT_URL_SSM", Parameters.Url.ToString()));
        var around = Given.Surroundings(Time, new JsonLog(log, LogLevel.Info, Time)) with { Credentials = new("AKID", "key", SessionToken: null) };
        var function = Function.Compose(settings, resolve is null ? around : around with { Resolve = resolve });
        functions.Add(function);
        return function;
    }

    /// <summary>How the delivery of a message ends whose route uses that entry.</summary>
    public Task<Delivery> DeliverAsync(Function function, string entry, Deadline? deadline = null) =>
        Given.DeliverAsync(function, Message(entry), deadline);

    /// <summary>The request that such a message arrives in.</summary>
    public async Task<StubRequest> RequestAsync(Function function, string entry)
    {
        var message = Message(entry);
        var delivery = await Given.DeliverAsync(function, message);
        Assert.Equal((Outcome.Delivered, null), (delivery.Outcome, delivery.Reason));
        return Assert.Single(Requests, request => request.Headers["Idempotency-Key"] == message.Id);
    }

    /// <summary>That of such a request.</summary>
    public async Task<string> AuthorizationAsync(Function function, string entry) => (await RequestAsync(function, entry)).Headers["Authorization"];

    /// <summary>The endpoint refuses the credential of a request.</summary>
    public async Task RefuseAsync(Function function, string entry)
    {
        status = 401;
        Assert.Equal(new(Outcome.EndpointFault, 401), await DeliverAsync(function, entry) with { Latency = null, Endpoint = null });
        status = 200;
    }

    /// <summary>A message whose credential can't be had is not sent, and neither its failure nor the log shows a secret.</summary>
    /// <returns>Why.</returns>
    public async Task<string> FailAsync(Function function, string entry)
    {
        var sent = Requests.Count;
        var delivery = await DeliverAsync(function, entry);
        Assert.Equal((Outcome.EndpointFault, Fault.Credential, sent), (delivery.Outcome, delivery.Fault, Requests.Count));
        Assert.DoesNotContain(Hidden, delivery.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, Logged, StringComparison.Ordinal);
        return delivery.Reason!;
    }

    public async ValueTask DisposeAsync()
    {
        functions.ForEach(each => each.Dispose());
        await endpoint.DisposeAsync();
        await Secrets.DisposeAsync();
        await Parameters.DisposeAsync();
        await Tokens.DisposeAsync();
        await log.DisposeAsync();
    }

    private Message Message(string entry) =>
        Given.Message($"{Interlocked.Increment(ref messages)}") with { Attributes = [new("entry", "String", entry)] };

    private string RoutesOf(string json) => JsonSerializer.Serialize(
        JsonDocument.Parse(json).RootElement.EnumerateObject().Select(entry => new Dictionary<string, object>
        {
            ["name"] = entry.Name,
            ["url"] = endpoint.Url,
            ["when"] = new Dictionary<string, string> { ["attribute:entry"] = entry.Name },
            [entry.Value.GetProperty("type").GetString() is "standard-webhooks" or "hmac-sha256" ? "sign" : "auth"] = entry.Name,
        }));
}
