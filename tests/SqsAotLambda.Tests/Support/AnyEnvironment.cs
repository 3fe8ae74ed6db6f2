using System.Text.Json;
using CsCheck;

namespace SqsAotLambda.Tests.Support;

/// <summary>Random settings of a function: routes, credentials and headers of all kinds, whose requests go to one endpoint.</summary>
internal sealed class AnyEnvironment(Uri endpoint, Uri tokens, Uri secretsManager)
{
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";

    /// <summary>Variables that hold secrets.</summary>
    public static readonly IReadOnlyDictionary<string, string> Secrets =
        new Dictionary<string, string> { ["TOKEN"] = "token-of-the-bearer", ["KEY"] = "a key of the header" };

    private string Auth => $$"""
        "bearer":{"type":"bearer","token":"env:TOKEN"},
        "basic":{"type":"basic","username":"u","password":"secretsmanager:{{Arn}}"},
        "oauth2":{"type":"oauth2","tokenUrl":"{{tokens}}","clientId":"id","clientSecret":"secretsmanager:{{Arn}}"},
        "header":{"type":"header","name":"X-Key","value":"env:KEY"},
        "sigv4":{"type":"sigv4","service":"lambda","region":"eu-west-1"},
        "webhooks":{"type":"standard-webhooks","secret":"secretsmanager:{{Arn}}"},
        "hmac":{"type":"hmac-sha256","header":"X-Signature","secret":"env:TOKEN"}
        """;

    public Gen<Dictionary<string, string>> Of() => Gen.Select(Endpoints(), Defaults(), Requests(), (endpoints, defaults, requests) =>
        new Dictionary<string, string>([.. Secrets, .. endpoints, .. requests])
        {
            ["FORWARD_ALLOW_HTTP"] = "true",
            ["FORWARD_ALLOW_LOOPBACK"] = "true",
            ["FORWARD_TIMEOUT"] = "5m",
            ["FORWARD_AUTH"] = $"{{{defaults}{Auth}}}",
            ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = secretsManager.ToString(),
        });

    /// <summary>In two of three, one of its own that takes what no route does; else at least one route.</summary>
    private Gen<Dictionary<string, string>> Endpoints()
    {
        var url = Gen.OneOf("", "?", "?a=lit-1&lit-2&b=", "/ä?k=lit-%20ü").Select(rest => $"{endpoint}hook{rest}");
        return Gen.Frequency(
            (2, Gen.Select(url, Routes(min: 0), Environment)),
            (1, Gen.Select(Gen.Const(""), Routes(min: 1), Environment)));

        static Dictionary<string, string> Environment(string url, string routes) =>
            new() { ["FORWARD_URL"] = url, ["FORWARD_ROUTES"] = routes };
    }

    private static Gen<string> Defaults() => Gen.Select(
        Maybe(Gen.Const(""" "default":{"type":"bearer","token":"env:TOKEN"}, """)),
        Maybe(Gen.Const($$""" "default-sign":{"type":"standard-webhooks","secret":"secretsmanager:{{Arn}}"}, """)),
        (credential, signature) => credential + signature);

    private static Gen<Dictionary<string, string>> Requests() => Gen.Select(
        Gen.OneOf("sqsd", "none", "cloudevents", "sqsd,cloudevents"),
        Gen.OneOf("POST", "PUT", "PATCH"),
        Gen.OneOf("", "text/plain; charset=utf-8"),
        Gen.OneOf("", "me 100%"),
        Gen.OneOf("", "X-Once", "X-A"),
        Gen.OneOf("", "deduplicationId", "attribute:tenant", "body:/id"),
        (headers, method, type, agent, key, source) => new Dictionary<string, string>
        {
            ["FORWARD_HEADERS"] = headers,
            ["FORWARD_METHOD"] = method,
            ["FORWARD_CONTENT_TYPE"] = type,
            ["FORWARD_USER_AGENT"] = agent,
            ["FORWARD_IDEMPOTENCY_HEADER"] = key,
            ["FORWARD_IDEMPOTENCY_SOURCE"] = source,
        });

    private Gen<string> Routes(int min) => Gen.Select(AnyEvent.Text, When(), Target()).Array[min, 4].Select(routes => routes.Length == 0 ? ""
        : $"[{string.Join(",", routes.Select((route, index) => $"{{\"name\":{Json($"r{index}{route.Item1}")}{route.Item2}{route.Item3}}}"))}]");

    private static Gen<string> When() => Gen.Frequency(
        (1, Gen.Const("")),
        (2, Gen.OneOf(
            ""","when":{"attribute:type":"order"}""",
            ""","when":{"attribute:type":["order","ping"]}""",
            ""","when":{"attribute:type":{"prefix":"p"}}""",
            ""","when":{"body:/id":{"exists":true}}""",
            ""","when":{"not":{"attribute:type":"order"},"body:/kind":"a"}""")));

    private Gen<string> Target()
    {
        var auth = Maybe(Gen.OneOf("bearer", "basic", "oauth2", "header", "sigv4").Select(name => $",\"auth\":\"{name}\""));
        var sign = Maybe(Gen.OneOf("webhooks", "hmac").Select(name => $",\"sign\":\"{name}\""));
        var sends = Gen.Select(auth, sign, Gen.Frequency((3, Templates()), (2, Described())), (auth, sign, rest) => auth + sign + rest);
        return Gen.Frequency((1, Gen.Const(""","drop":true""")), (5, sends));
    }

    /// <summary>Of a route whose messages describe their requests.</summary>
    private Gen<string> Described() => Gen.Select(
        Gen.OneOf("true", "false"),
        Maybe(Gen.OneOf("", "{attribute:tenant}", "x").Select(step => $",\"url\":\"{endpoint}tasks/{step}\"")),
        (allowPrivate, url) => $$""","request":"message","allowedHosts":["{{endpoint.Authority}}"],"allowPrivate":{{allowPrivate}}{{url}}""");

    private Gen<string> Templates() => Gen.Select(
        Gen.OneOf("POST", "PUT", "PATCH", "GET", "DELETE"), Path(), Query(), Headers(), Maybe(Body()), (method, path, query, headers, body) =>
            $$""","method":"{{method}}","url":"{{endpoint.ToString().TrimEnd('/')}}{{path}}{{query}}","headers":{{{headers}}}"""
                + (method is "GET" or "DELETE" ? "" : body));

    private static Gen<string> Path() =>
        Gen.OneOf("/v1", "/{attribute:tenant}", "/{body:/id}", "/x-{messageId}", "/{queue}", "/{receiveCount}").Array[0, 2].Select(string.Concat);

    private static Gen<string> Query() =>
        Gen.OneOf("a=lit-3", "b={body:/id}", "c=lit-{attribute:tenant}", "d={queue}lit", "lit-5", "{messageId}", "e=", "{queue}=lit").Array[0, 3]
            .Select(parameters => parameters.Length > 0 ? "?" + string.Join('&', parameters) : "");

    private static Gen<string> Headers() => Gen.Select(
        Gen.OneOf("X-A", "X-Key", "Content-Type", "Accept"), Gen.OneOf("plain", "<{attribute:tenant}>", "{body:/id}", "100% {{x}}", "{groupId}"))
        .Array[0, 2]
        .Select(all => string.Join(',', all.DistinctBy(header => header.Item1).Select(header => $"\"{header.Item1}\":\"{header.Item2}\"")));

    private static Gen<string> Body() => Gen.OneOf(
        ""","body":"{body:}" """,
        ""","body":"<{attribute:tenant}>\n\u0007{messageId}" """,
        ""","body":{"id":"{body:/id}","é":["x{messageId}",1.50]}""",
        ""","body":[]""",
        ""","body":"" """);

    private static Gen<string> Maybe(Gen<string> text) => Gen.OneOf(Gen.Const(""), text);

    private static string Json(string text) => JsonSerializer.Serialize(text);
}
