using System.Text;
using System.Text.Json;
using SqsAotLambda.EndToEnd.Support;

namespace SqsAotLambda.EndToEnd;

/// <summary>No secret is in anything that the native binary writes, whatever fails and whoever repeats it.</summary>
public sealed class SecretTests
{
    private const string DeadLetterQueue = "https://sqs.us-east-1.amazonaws.com/123456789012/orders-dlq";
    private const string Arns = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";
    private const string ParameterArns = "arn:aws:ssm:us-east-1:123456789012:parameter/";
    private const string Bearer = "hidden+bearer/token", Password = "hidden \"pass\u00ebword", ApiKey = "hidden&api=key";
    private const string ClientSecret = "hidden-client-secret", Token = "hidden.oauth~token", HmacKey = "hidden hmac key";
    private const string WholeSecret = "hidden\nvalue of two lines", OtherMember = "hidden other member";

    /// <summary>Which the settings write themselves.</summary>
    private const string QueryCode = "hidden/code of+query", RouteKey = "hidden-key-of-routes";

    private static readonly string WebhookKey = Convert.ToBase64String("hidden key of the webhooks"u8), PreviousKey = Convert.ToBase64String(
        "hidden previous webhook key"u8);

    private static readonly string[] Secrets =
    [
        Bearer, Password, $"me:{Password}", ApiKey, ClientSecret, $"id:{ClientSecret}", Token, HmacKey, WholeSecret, OtherMember, WebhookKey,
        PreviousKey, QueryCode, RouteKey, "secret access key", "session token",
    ];

    private static readonly string[] Types = ["bearer", "basic", "key", "oauth", "sigv4", "webhooks", "hmac", "query", "route"];

    public static readonly TheoryData<string> Hosts = ["Own", "Amazon"];

    /// <summary>One entry of each type, and those that fail: token endpoints that refuse or say something odd, stored secrets of no use.</summary>
    private static string Auth(StubServer tokens) => $$"""
        {
          "bearer": {"type":"bearer","token":"secretsmanager:{{Arns}}json#token"},
          "basic": {"type":"basic","username":"me","password":"env:PASSWORD"},
          "key": {"type":"header","name":"X-Api-Key","value":"env:API_KEY"},
          "oauth": {"type":"oauth2","tokenUrl":"{{tokens.Url}}good","clientId":"id","clientSecret":"env:CLIENT_SECRET"},
          "sigv4": {"type":"sigv4","service":"execute-api","region":"us-east-1"},
          "webhooks": {"type":"standard-webhooks","secret":"ssm:{{ParameterArns}}json#webhook","previous":"env:PREVIOUS_KEY"},
          "hmac": {"type":"hmac-sha256","header":"X-Hub-Signature-256","secret":"env:HMAC_KEY"},
          "refused": {"type":"oauth2","tokenUrl":"{{tokens.Url}}refused","clientId":"id","clientSecret":"env:CLIENT_SECRET"},
          "odd": {"type":"oauth2","tokenUrl":"{{tokens.Url}}odd","clientId":"id","clientSecret":"env:CLIENT_SECRET"},
          "unfit": {"type":"bearer","token":"secretsmanager:{{Arns}}text"},
          "keyless": {"type":"bearer","token":"secretsmanager:{{Arns}}text#token"},
          "missing": {"type":"bearer","token":"secretsmanager:{{Arns}}none"},
          "unfitParameter": {"type":"bearer","token":"ssm:{{ParameterArns}}text"},
          "missingParameter": {"type":"bearer","token":"ssm:{{ParameterArns}}none"}
        }
        """;

    private static readonly string[] Failing = ["refused", "odd", "unfit", "keyless", "missing", "unfitParameter", "missingParameter"];

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task No_secret_is_in_a_log_a_dead_letter_or_an_answer(string host)
    {
        await using var secrets = new StubSecretsManager { OnCall = SecretFor };
        await using var parameters = new StubParameterStore { OnCall = ParameterFor };
        await using var tokens = new StubServer(TokenFor);
        await using var endpoint = new StubServer(Echo);
        await using var function = new Function(host, endpoint: null, Settings(endpoint, tokens, secrets, parameters));
        List<StubRequest> answers = [];

        foreach (var status in new[] { 400, 401, 500, 422 }) answers.Add(await InvokeAsync(Types, $"{status}"));
        answers.Add(await InvokeAsync(Failing, "200"));
        answers.Add(await InvokeAsync(["template"], "{}"));
        var copies = function.Sqs.Sent;
        function.Sqs.OnCall = StubSqs.Refuse;
        answers.Add(await InvokeAsync([.. Types, .. Failing], "400"));
        answers.Add(await function.InvokeAsync("{}"));
        await function.Process.LineAsync(line => line.Contains("\"InvocationFailed\"", StringComparison.Ordinal));

        // Everything went wrong that was to go wrong, and it is told why.
        Assert.Equal((Types.Length * 4) + Failing.Length + 1, copies.Count);
        Assert.Equal(
            Types.Length * 3,
            copies.Count(
                copy =>
                    FailureOf(copy) is { } failure && failure.GetProperty("response").GetString() == "left out: it repeats a secret of the request"));
        Assert.Equal(Types.Length, copies.Count(copy => FailureOf(copy).GetProperty("response").GetString() == "no such tenant"));
        Assert.Contains("\"SecretFailed\"", function.Process.Output, StringComparison.Ordinal);
        Assert.Contains("\"CopyFailed\"", function.Process.Output, StringComparison.Ordinal);
        AssertHidden(
            [
                function.Process.Output,
                .. function.Process.Lines.SelectMany(Decoded),
                .. answers.SelectMany(answer => Decoded(answer.Text)),
                .. function.Sqs.Calls.SelectMany(call => Decoded(call.Text)),
            ]);

        Task<StubRequest> InvokeAsync(string[] types, string body) => function.InvokeAsync(Function.TypedEvent(types.Select(type => (type, body))));
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Hosts))]
    public async Task No_secret_is_in_what_is_said_of_wrong_settings(string host)
    {
        await using var runtimeApi = new StubRuntimeApi(TestContext.Current.CancellationToken);
        (string, string)[] settings =
        [
            ("AWS_LAMBDA_RUNTIME_API", runtimeApi.Authority),
            ("FORWARD_URL", $"https://me:{ClientSecret}@example.com/?key={ClientSecret}#{ClientSecret}"),
            ("FORWARD_TOKEN", Token),
            (
                "FORWARD_ROUTES",
                $$"""[{"name":"a","url":"ftp://example.com/{{ClientSecret}}","headers":{"Authorization":"{{Token}}"},"auth":"{{Token}}"}]"""),
            ("FORWARD_AUTH", $$"""
                {
                  "a": {"type":"bearer","token":"{{Token}}"}, "b": {"type":"basic","username":"me:{{Token}}","password":"env:CLIENT SECRET"},
                  "c": {"type":"{{Token}}"}, "{{Token}}": {}, "d": {"type":"standard-webhooks","secret":"env:HMAC_KEY"},
                  "e": {"type":"bearer","token":"env:TWO_LINES"},
                  "f": {"type":"oauth2","tokenUrl":"https://id:{{ClientSecret}}@example.com/","clientId":"id","clientSecret":"{{ClientSecret}}"}
                }
                """),
            ("HMAC_KEY", HmacKey),
            ("TWO_LINES", WholeSecret),
        ];
        await using var function = new ChildProcess(Repository.Bootstrap(host), [], settings);
        await using var check = new ChildProcess(Repository.Bootstrap(host), ["check"], settings);

        var report = await runtimeApi.AnswerAsync();

        Assert.Equal("/2018-06-01/runtime/init/error", report.Path);
        Assert.NotEqual(0, await function.ExitAsync());
        Assert.NotEqual(0, await check.ExitAsync());
        Assert.Contains("FORWARD_AUTH \"e\" has a token", check.Errors, StringComparison.Ordinal);
        AssertHidden([function.Output, check.Output, .. function.Lines.SelectMany(Decoded), .. Decoded(report.Text), .. report.Headers.Values]);
    }

    private static (string, string)[] Settings(StubServer endpoint, StubServer tokens, StubSecretsManager secrets, StubParameterStore parameters) =>
    [
        ("FORWARD_ALLOW_HTTP", "true"),
        ("FORWARD_ALLOW_LOOPBACK", "true"),
        ("FORWARD_ROUTES", JsonSerializer.Serialize(Types.Concat(Failing).Select(type => RouteOf(type, endpoint.Url)).Append(new()
        {
            ["name"] = "template",
            ["when"] = new Dictionary<string, string> { ["attribute:type"] = "template" },
            ["url"] = $"{endpoint.Url}{{body:/missing}}",
            ["auth"] = "basic",
        }))),
        ("FORWARD_AUTH", Auth(tokens)),
        ("PASSWORD", Password),
        ("API_KEY", ApiKey),
        ("CLIENT_SECRET", ClientSecret),
        ("PREVIOUS_KEY", $"whsec_{PreviousKey}"),
        ("HMAC_KEY", HmacKey),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.Url.ToString()),
        ("AWS_ENDPOINT_URL_SSM", parameters.Url.ToString()),
        ("AWS_LAMBDA_LOG_LEVEL", "TRACE"),
        ("FORWARD_DLQ_URL", DeadLetterQueue),
        ("FORWARD_MAX_RECEIVE_COUNT", "1"),
        ("FORWARD_BREAKER", "off"),
    ];

    private static Dictionary<string, object> RouteOf(string type, Uri url) => new()
    {
        ["name"] = type,
        ["when"] = new Dictionary<string, string> { ["attribute:type"] = type },
        ["url"] = $"{url}{type}?id={{messageId}}&code={Uri.EscapeDataString(QueryCode)}",
        ["headers"] = new Dictionary<string, string> { ["X-Route-Key"] = RouteKey },
        [type is "webhooks" or "hmac" ? "sign" : "auth"] = type is "query" or "route" ? "basic" : type,
    };

    /// <summary>Answers with the status that the body names, and, but for 422, with all it got and all it knows of it.</summary>
    private static Reply Echo(StubRequest request)
    {
        var status = int.Parse(request.Text, System.Globalization.CultureInfo.InvariantCulture);
        if (status == 422) return Replies.Status(status, "no such tenant");

        var known = request.Path.Split('?')[0] switch
        {
            "/bearer" => Bearer,
            "/basic" => Password,
            "/key" => Uri.EscapeDataString(ApiKey),
            "/oauth" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Token)),
            "/webhooks" => JsonSerializer.Serialize($"whsec_{WebhookKey} {PreviousKey}"),
            "/hmac" => HmacKey,
            "/query" => Uri.UnescapeDataString(request.Path),
            _ => "",
        };
        var headers = request.Path.StartsWith("/query", StringComparison.Ordinal)
            ? ""
            : string.Join(' ', request.Headers.Select(header => $"{header.Key}: {header.Value}"));
        return Replies.Status(status, $"{known} {headers}");
    }

    private static Reply TokenFor(StubRequest request) => request.Path switch
    {
        "/good" => Replies.Status(200, $$"""{"access_token":"{{Token}}","token_type":"bearer"}"""),
        "/odd" => Replies.Status(200, $$"""{"access_token":"{{Token}}","token_type":"{{Token}}"}"""),
        _ => Replies.Status(400, $$"""{"error":"{{ClientSecret}}","error_description":"{{request.Headers["Authorization"]}}"}"""),
    };

    private static Reply SecretFor(StubRequest request) =>
        JsonDocument.Parse(request.Body).RootElement.GetProperty("SecretId").GetString()![Arns.Length..] switch
        {
            "json" => StubSecretsManager.Secret(JsonSerializer.Serialize(new { token = Bearer, other = OtherMember })),
            "text" => StubSecretsManager.Secret(WholeSecret),
            _ => StubSecretsManager.Refuse(),
        };

    private static Reply ParameterFor(StubRequest request) =>
        JsonDocument.Parse(request.Body).RootElement.GetProperty("Name").GetString()![ParameterArns.Length..] switch
        {
            "json" => StubParameterStore.Parameter(JsonSerializer.Serialize(new { webhook = $"whsec_{WebhookKey}", other = OtherMember })),
            "text" => StubParameterStore.Parameter(WholeSecret),
            _ => Replies.Status(400, JsonSerializer.Serialize(new { __type = "ParameterNotFound", message = WholeSecret })),
        };

    private static JsonElement FailureOf(JsonElement copy) =>
        JsonDocument.Parse(copy.GetProperty("MessageAttributes").GetProperty("ForwardFailure").GetProperty("StringValue").GetString()!).RootElement;

    /// <summary>In no form in which it could be read.</summary>
    private static void AssertHidden(IEnumerable<string> written)
    {
        var text = string.Join('\n', written);
        foreach (var secret in Secrets)
        {
            var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=');
            Assert.All(
                [secret, base64, Uri.EscapeDataString(secret), JsonEncodedText.Encode(secret).ToString()],
                form => Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase));
        }

        Assert.DoesNotContain("hidden", text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A text, and where it is JSON every text in it, decoded, to any depth.</summary>
    private static IEnumerable<string> Decoded(string text)
    {
        List<string> texts = [text];
        if (!text.StartsWith('{')) return texts;

        Collect(JsonDocument.Parse(text).RootElement);
        return texts;

        void Collect(JsonElement json)
        {
            if (json.ValueKind is JsonValueKind.String) texts.AddRange(Decoded(json.GetString()!));
            foreach (var member in json.ValueKind is JsonValueKind.Object ? json.EnumerateObject() : default)
            {
                texts.Add(member.Name);
                Collect(member.Value);
            }

            foreach (var element in json.ValueKind is JsonValueKind.Array ? json.EnumerateArray() : default) Collect(element);
        }
    }
}
