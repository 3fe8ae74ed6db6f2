using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SqsAotLambda.EndToEnd;

/// <summary>Routes, credentials and signatures of the native binary, on both hosts.</summary>
public sealed class RequestTests
{
    private const string DeadLetterQueue = "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq";
    private const string Arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:orders-AbCdEf";

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task Four_kinds_of_message_go_four_ways(string host)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            endpoint: null,
            [
                .. Local,
                ("FORWARD_ROUTES", $$"""
                    [{"name":"orders","when":{"attribute:type":"order"},"url":"{{endpoint.Url}}orders/{body:/id}?by={attribute:type}",
                      "method":"PUT","body":{"id":"{body:/id}","message":"{messageId}"} },
                     {"name":"webhooks","when":{"attribute:type":"webhook"},"url":"{{endpoint.Url}}webhooks","sign":"webhooks"},
                     {"name":"pings","when":{"attribute:type":"ping"},"drop":true}]
                    """),
                ("FORWARD_AUTH", """{"webhooks":{"type":"standard-webhooks","secret":"env:WEBHOOK_SECRET"}}"""),
                ("WEBHOOK_SECRET", $"whsec_{Convert.ToBase64String(key)}"),
                ("FORWARD_DLQ_URL", DeadLetterQueue),
            ]);

        var answer = await function.InvokeAsync(
            Function.TypedEvent(("order", """{"id":"a b/7","more":1}"""), ("webhook", """ {"ü": 1.50} """), ("ping", "{}"), ("letter", "{}")));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(2, endpoint.Requests.Count);
        var order = Assert.Single(endpoint.Requests, request => request.Method == "PUT");
        Assert.Equal(("/orders/a%20b%2F7?by=order", """{"id":"a b/7","message":"m0"}"""), (order.Path, order.Text));
        Assert.DoesNotContain("webhook-signature", order.Headers.Keys);
        var webhook = Assert.Single(endpoint.Requests, request => request.Path == "/webhooks");
        Assert.Equal(("POST", """ {"ü": 1.50} """, "m1"), (webhook.Method, webhook.Text, webhook.Headers["webhook-id"]));
        Assert.Equal(SignatureOf(webhook, key), webhook.Headers["webhook-signature"]);
        var copy = Assert.Single(function.Sqs.Sent);
        Assert.Equal(("Rejected", "m3", "no route takes the message"), FailureOf(copy));
        var batch = Assert.Single(await function.LoggedWithBatchAsync("BatchHandled"));
        Assert.Equal(
            (2, 1, 1),
            (batch.GetProperty("delivered").GetInt32(), batch.GetProperty("dropped").GetInt32(), batch.GetProperty("deadLettered").GetInt32()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_message_may_describe_its_request_to_where_its_route_allows(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            endpoint: null,
            [
                .. Local,
                (
                    "FORWARD_ROUTES",
                    $$"""[{"name":"requests","request":"message","url":"{{endpoint.Url}}v1","allowedHosts":["{{endpoint.Url.Authority}}"]}]"""),
                ("FORWARD_DLQ_URL", DeadLetterQueue),
            ]);

        var answer = await function.InvokeAsync(Function.Event(
            """{"method":"PUT","path":"/orders/7","query":{"a":"ü"},"headers":{"If-Match":"\"3\""},"body":{"b" : 1}}""",
            $$"""{"method":"GET","url":"{{endpoint.Url}}c"}""",
            """{"url":"http://169.254.169.254/latest/meta-data/"}"""));

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(2, endpoint.Requests.Count);
        var put = Assert.Single(endpoint.Requests, request => request.Method == "PUT");
        Assert.Equal(
            ("/v1/orders/7?a=%C3%BC", """{"b" : 1}""", "\"3\"", "m0"), (put.Path, put.Text, put.Headers["If-Match"], put.Headers["Idempotency-Key"]));
        Assert.Equal("/c", Assert.Single(endpoint.Requests, request => request.Method == "GET").Path);
        var reason = Assert.Single(function.Sqs.Sent).GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue");
        var failure = JsonDocument.Parse(reason.GetString()!).RootElement;
        Assert.Equal(
            ("Rejected", "m2", "route requests: url is at a host, or a port of it, that is not in allowedHosts in message m2"),
            (failure.GetProperty("outcome").GetString(), failure.GetProperty("messageId").GetString(), failure.GetProperty("reason").GetString()));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_message_is_a_CloudEvent(string host)
    {
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(host, endpoint.Url, ("FORWARD_HEADERS", "cloudevents"));

        var answer = await function.InvokeAsync("""
            {"Records":[{"messageId":"m0","receiptHandle":"h","body":"{}",
              "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:123456789012:orders.fifo",
              "attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1545082649183","MessageGroupId":"customer 7"},
              "messageAttributes":{
                "Tenant":{"stringValue":"Euro \u20ac \ud83d\ude00","dataType":"String"},"type":{"stringValue":"order","dataType":"String"}}}]}
            """);

        Assert.Equal(Function.Failures(), answer.Text);
        Assert.Equal(
            [
                "ce-id: m0", "ce-source: arn:aws:sqs:us-east-1:123456789012:orders.fifo", "ce-specversion: 1.0", "ce-subject: customer%207",
                "ce-tenant: Euro%20%E2%82%AC%20%F0%9F%98%80", "ce-time: 2018-12-17T21:37:29.183Z", "ce-type: com.amazon.sqs.message",
            ],
            Assert.Single(endpoint.Requests).Headers.Select(header => $"{header.Key}: {header.Value}")
                .Where(header => header.StartsWith("ce-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_secret_is_there_before_the_first_poll(string host)
    {
        await using var secrets = new StubSecretsManager { Value = """{"token":"t-1"}""" };
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            endpoint.Url,
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{Arn}}#token"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()));

        await function.RuntimeApi.Polled;
        var call = Assert.Single(secrets.Calls);
        var answer = await function.InvokeAsync(Function.Event("one", "two"));

        Assert.Equal(("secretsmanager.GetSecretValue", $$"""{"SecretId":"{{Arn}}"}"""), (call.Headers["X-Amz-Target"], call.Text));
        Assert.Equal(Function.Failures(), answer.Text);
        Assert.All(endpoint.Requests, request => Assert.Equal("Bearer t-1", request.Headers["Authorization"]));
        Assert.Single(secrets.Calls);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_parameter_is_there_before_the_first_poll(string host)
    {
        const string arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/api-key";
        await using var parameters = new StubParameterStore { Value = "t-1" };
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            endpoint.Url,
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"ssm:{{arn}}"} }"""),
            ("AWS_ENDPOINT_URL_SSM", parameters.Url.ToString()));

        await function.RuntimeApi.Polled;
        var call = Assert.Single(parameters.Calls);
        var answer = await function.InvokeAsync(Function.Event("one", "two"));

        Assert.Equal(("AmazonSSM.GetParameter", $$"""{"Name":"{{arn}}","WithDecryption":true}"""), (call.Headers["X-Amz-Target"], call.Text));
        Assert.Contains("/eu-west-1/ssm/aws4_request", call.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal(Function.Failures(), answer.Text);
        Assert.All(endpoint.Requests, request => Assert.Equal("Bearer t-1", request.Headers["Authorization"]));
        Assert.Single(parameters.Calls);
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_secret_that_cannot_be_had_fails_messages_and_not_the_init(string host)
    {
        await using var secrets = new StubSecretsManager();
        await using var endpoint = new StubServer(_ => Replies.Status(200));
        await using var function = new Function(
            host,
            endpoint.Url,
            ("FORWARD_AUTH", $$"""{"default":{"type":"bearer","token":"secretsmanager:{{Arn}}"} }"""),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()));

        Assert.Equal(Function.Failures("m0"), (await function.InvokeAsync(Function.Event("one"))).Text);
        var failed = Assert.Single(await function.LoggedWithBatchAsync("MessageFailed"));
        secrets.Value = "t-2";
        Assert.Equal(Function.Failures(), (await function.InvokeAsync(Function.Event("one"))).Text);

        Assert.Equal(("EndpointFault", "Credential"), (failed.GetProperty("outcome").GetString(), failed.GetProperty("fault").GetString()));
        Assert.Equal("Bearer t-2", Assert.Single(endpoint.Requests).Headers["Authorization"]);
    }

    /// <summary>
    /// What is refused just after it was fetched is kept for half a minute, which no test waits: here the first token expires sooner.
    /// </summary>
    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task A_token_is_fetched_once_for_all_and_once_more_when_its_time_is_up(string host)
    {
        var given = 0;
        await using var tokens = new StubServer(
            _ => Replies.Status(200, $$"""{"access_token":"token-{{++given}}","token_type":"Bearer","expires_in":{{(given == 1 ? 1 : 3600)}}}"""));
        await using var endpoint = new StubServer(request => Replies.Status(request.Headers["Authorization"] == "Bearer token-1" ? 401 : 200));
        await using var function = new Function(
            host,
            endpoint.Url,
            (
                "FORWARD_AUTH",
                $$"""{"default":{"type":"oauth2","tokenUrl":"{{tokens.Url}}token","clientId":"me","clientSecret":"env:CLIENT_SECRET"} }"""),
            ("CLIENT_SECRET", "s3cret"),
            ("FORWARD_BREAKER", "off"),
            ("FORWARD_BACKOFF_BASE", "0s"));

        var first = await function.InvokeAsync(Function.Event("one", "two", "three"));
        Assert.Equal((Function.Failures("m0", "m1", "m2"), 1), (first.Text, tokens.Requests.Count));
        StubRequest answer;
        do answer = await function.InvokeAsync(Function.Event("one", "two", "three"));
        while (tokens.Requests.Count == 1);
        answer = await function.InvokeAsync(Function.Event("one", "two", "three"));

        Assert.Equal((Function.Failures(), 2), (answer.Text, tokens.Requests.Count));
        Assert.All(
            tokens.Requests,
            request => Assert.Equal(("POST", "/token", "grant_type=client_credentials"), (request.Method, request.Path, request.Text)));
        Assert.All(tokens.Requests, request => Assert.Equal($"Basic {Convert.ToBase64String("me:s3cret"u8)}", request.Headers["Authorization"]));
        Assert.Equal("Bearer token-2", endpoint.Requests[^1].Headers["Authorization"]);
    }

    /// <summary>For endpoints that are not FORWARD_URL.</summary>
    private static (string, string)[] Local => [("FORWARD_ALLOW_HTTP", "true"), ("FORWARD_ALLOW_LOOPBACK", "true")];

    /// <summary>As the specification of Standard Webhooks has it.</summary>
    private static string SignatureOf(StubRequest request, byte[] key)
    {
        var signed = Encoding.UTF8.GetBytes(
            $"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.").Concat(request.Body).ToArray();
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(key, signed))}";
    }

    /// <summary>What the copy of a message says of its failure.</summary>
    private static (string? Outcome, string? MessageId, string? Reason) FailureOf(JsonElement copy)
    {
        var text = copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!;
        var failure = JsonDocument.Parse(text).RootElement;
        return (failure.GetProperty("outcome").GetString(), failure.GetProperty("messageId").GetString(), failure.GetProperty("reason").GetString());
    }
}
