using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SqsAotLambda.Aws;
using SqsAotLambda.Commands;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Http;
using SqsAotLambda.Logging;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;
using SqsAotLambda.Tests.Support;

namespace SqsAotLambda.Tests;

/// <summary>What <c>bootstrap explain</c> shows is what an endpoint receives: random messages on random routes, over a socket.</summary>
public sealed partial class ExplainedRequestTests : IAsyncDisposable
{
    private const int Seed = 20261122, Runs = 1_000;
    private const string Trace = "Root=1-6759e988-bd862e3fe1be46a994272793;Parent=63995c3f42cd8ad8;Sampled=1;Lineage=1:abc:0";
    private const string Arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf";

    /// <summary>Of the entries below.</summary>
    private static readonly Dictionary<string, string[]> HeadersOf = new()
    {
        ["bearer"] = ["Authorization"],
        ["basic"] = ["Authorization"],
        ["oauth2"] = ["Authorization"],
        ["header"] = ["X-Key"],
        ["sigv4"] = ["x-amz-date", "x-amz-security-token", "Authorization"],
        ["webhooks"] = ["webhook-id", "webhook-timestamp", "webhook-signature"],
        ["hmac"] = ["X-Signature"],
    };

    private static readonly (string Name, string Value)[] SecretVariables = [("TOKEN", "token-of-the-bearer"), ("KEY", "a key of the header")];

    private readonly StubServer endpoint = new(_ => Replies.Status(200));
    private readonly StubServer tokens = new(_ => Replies.Status(200, """{"access_token":"token-1","token_type":"Bearer"}"""));
    private readonly StubSecretsManager secrets = new() { Value = Convert.ToBase64String(new byte[32]) };
    private readonly JsonLog log = new(Stream.Null, LogLevel.Fatal, TimeProvider.System);

    private string Auth => $$"""
        "bearer":{"type":"bearer","token":"env:TOKEN"},
        "basic":{"type":"basic","username":"u","password":"secretsmanager:{{Arn}}"},
        "oauth2":{"type":"oauth2","tokenUrl":"{{tokens.Url}}","clientId":"id","clientSecret":"secretsmanager:{{Arn}}"},
        "header":{"type":"header","name":"X-Key","value":"env:KEY"},
        "sigv4":{"type":"sigv4","service":"lambda","region":"eu-west-1"},
        "webhooks":{"type":"standard-webhooks","secret":"secretsmanager:{{Arn}}"},
        "hmac":{"type":"hmac-sha256","header":"X-Signature","secret":"env:TOKEN"}
        """;

    public async ValueTask DisposeAsync()
    {
        await endpoint.DisposeAsync();
        await tokens.DisposeAsync();
        await secrets.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task Shown_and_received_requests_differ_in_nothing_but_masks()
    {
        using var connections = Given.Connections(Given.Settings(endpoint.Url, ("FORWARD_CONNECT_TIMEOUT", "1m")));
        var (sent, described, rejected, dropped, cut) = (0, 0, 0, 0, 0);
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(Seed + run);
            var environment = RandomEnvironment(random);
            var json = RandomEvent(random);
            var calls = secrets.Calls.Count + tokens.Requests.Count + endpoint.Requests.Count;
            var (status, shown) = await ExplainAsync(environment, json, withSecrets: random.Next(2) == 0);
            Assert.True(
                calls == secrets.Calls.Count + tokens.Requests.Count + endpoint.Requests.Count, $"seed {Seed}, run {run}: something was sent");

            var settings = FunctionSettings.Parse(environment);
            using var keyring = new Keyring(
                settings.Auth,
                settings.SecretsManagerEndpoint,
                settings.ParameterStoreEndpoint,
                connections,
                new AwsCredentials("AKID", "key", "session"),
                TrustStore.Default,
                TimeProvider.System,
                log);
            Endpoint[] endpoints = [.. settings.Routes.Select(route => new Endpoint(
                route, new Breaker(
                    on: false, TimeProvider.System), new Concurrency(1), keyring.Credential(route.Auth), keyring.Signature(route.Sign)))];
            var ask = Sender.Over(connections, TimeProvider.System);
            var sender = new Sender(ask, ask, new(settings.Requests, random));
            var deliverer = new Deliverer(endpoints, sender.SendAsync, (_, _, _) => Task.FromResult(false), rate: null, maxReceiveCount: null);
            var messages = new EventReader().Read(json, Trace);
            var rejects = false;
            foreach (var message in messages)
            {
                var before = endpoint.Requests.Count;
                var delivery = await deliverer.DeliverAsync(message, Given.Closing(), Deadline.Never);
                var received = endpoint.Requests.Skip(before).SingleOrDefault();
                (sent, cut) = (sent + (received is null ? 0 : 1), cut + (received?.Body.Length > 1024 ? 1 : 0));
                described += received is not null && delivery.Endpoint!.Route.MessageRule is not null ? 1 : 0;
                (rejected, dropped) = (
                    rejected + (delivery.Outcome is Outcome.Rejected ? 1 : 0), dropped + (delivery.Outcome is Outcome.Dropped ? 1 : 0));
                rejects |= delivery.Outcome is Outcome.Rejected;
                var expected = received is null
                    ? Block(message, messages, delivery, $"  outcome   {delivery.Outcome}{(delivery.Reason is null ? "" : $": {delivery.Reason}")}\n")
                    : Block(message, messages, delivery, Request(received, message, delivery.Endpoint!.Route, settings));

                Assert.True(
                    expected == shown[message.Position],
                    $"seed {Seed}, run {run}, message {message.Position}: {Difference(shown[message.Position], expected)}");
            }

            Assert.True((status, messages.Count) == (rejects ? 1 : 0, shown.Count), $"seed {Seed}, run {run}: status {status}, {shown.Count} shown");
        }

        // All of it was tried.
        Assert.All([sent, described, rejected, dropped, cut], count => Assert.InRange(count, Runs / 20, int.MaxValue));
    }

    /// <summary>The exit status and what is shown of each message, the escapes undone: bytes, one a character.</summary>
    private static async Task<(int Status, List<string> Blocks)> ExplainAsync(
        IReadOnlyDictionary<string, string> environment, byte[] json, bool withSecrets)
    {
        var given = withSecrets
            ? environment
            : environment.Where(variable => !SecretVariables.Any(secret => secret.Name == variable.Key)).ToDictionary();
        await using var output = new StringWriter();
        await using var errors = new StringWriter();

        var status = await Explain.RunAsync("-", () => new MemoryStream(json), given, TimeProvider.System, output, errors);

        Assert.Equal("", errors.ToString());
        var shown = output.ToString();
        Assert.DoesNotContain(
            shown, each => (char.IsControl(each) && each is not ('\n' or '\t')) || char.GetUnicodeCategory(each) is UnicodeCategory.Format);
        return (status, [.. shown.Split("\nmessage ").Select((block, index) => Unescape(index == 0 ? block : $"message {block}"))]);
    }

    private static string Difference(string shown, string expected)
    {
        var at = shown.AsSpan().CommonPrefixLength(expected);
        return $"shown is {Around(shown)}, and should be {Around(expected)}";

        string Around(string text) => JsonSerializer.Serialize(text[Math.Max(0, at - 40)..Math.Min(text.Length, at + 40)]);
    }

    private static string Unescape(string text) =>
        Escape().Replace(
            Bytes(text), escape => ((char)byte.Parse(escape.Groups[1].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());

    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Block(Message message, IReadOnlyList<Message> all, Delivery delivery, string rest)
    {
        var group = all.Where(other => other.Queue == message.Queue && other.GroupId == message.GroupId).ToList();
        var lane = !message.Queue.Arn.EndsWith(".fifo", StringComparison.Ordinal) ? "its own"
            : $"{(message.GroupId is null ? "no group" : $"group \"{message.GroupId}\"")}, {group.IndexOf(message) + 1} of {group.Count}";
        var url = delivery.Endpoint is { Url.Length: > 0 } endpoint ? $"  endpoint  {endpoint.Url}\n" : "";
        var about = Bytes(
            $"message {message.Id} ({message.Position + 1} of {all.Count})\n  route     {delivery.Endpoint?.Route.Name ?? "none"}\n{url}  lane     "
                + $" {lane}\n");
        return about + (rest[0] == ' ' && rest.StartsWith("  outcome", StringComparison.Ordinal) ? Bytes(rest) : rest);
    }

    /// <summary>As it should be shown, given how it arrived.</summary>
    private static string Request(StubRequest received, Message message, SqsAotLambda.Requests.Route route, FunctionSettings settings)
    {
        string[] masked = [.. new[] { route.Auth, route.Sign }.OfType<string>().SelectMany(name => HeadersOf[NameOf(name, settings)])];
        var lines = received.Head.Split("\r\n");
        var start = lines[0].Split(' ');
        lines[0] = $"{start[0]} {(route.MessageRule is null ? MaskLiterals(start[1]) : start[1])} {start[2]}";
        for (var index = 1; index < lines.Length; index++)
        {
            var name = lines[index].Split(':')[0];
            if (masked.Contains(name, StringComparer.OrdinalIgnoreCase)) lines[index] = $"{name}: ***";
            if (name is "traceparent" or "X-Amzn-Trace-Id") lines[index] = MaskTrace(lines[index], message);
            if (!masked.Contains(name) && route.Headers.FirstOrDefault(header => header.Name == name) is { Name: "X-A" or "X-Key" } own)
                lines[index] = MaskLiterals(lines[index], own.Value);
        }

        var key = lines.First(
            line =>
                line.StartsWith(
                    settings.Requests.IdempotencyHeader + ": ",
                    StringComparison.OrdinalIgnoreCase))[(settings.Requests.IdempotencyHeader.Length + 2)..];
        return $"  key       {key}\n\n{string.Concat(lines.Select(line => $"    {line}\n"))}{Body(received.Body)}";
    }

    /// <summary>default and default-sign are one of the others each.</summary>
    private static string NameOf(string entry, FunctionSettings settings)
    {
        AuthEntry? same = entry switch
        {
            "default" => settings.Auth.Credentials[entry],
            "default-sign" => settings.Auth.Signatures[entry],
            _ => null,
        };
        return same switch
        {
            null => entry,
            BearerEntry => "bearer",
            StandardWebhooksEntry => "webhooks",
            var other => throw new NotSupportedException(other.ToString()),
        };
    }

    /// <summary>Of the query; each literal that this test writes has "lit" in it, and nothing else has.</summary>
    private static string MaskLiterals(string target) => target.Split('?') is not [var path, var query] ? target
        : $"{path}?{string.Join('&', query.Split('&').Select(parameter => Literal().Replace(parameter, "***")))}";

    /// <summary>Of a header of a route: this test writes one before an expression, one behind, or one alone.</summary>
    private static string MaskLiterals(string line, SqsAotLambda.Requests.Template template)
    {
        var (name, value) = (line.Split(": ")[0], line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
        var (before, behind) = (template.Parts[0].Literal, template.Parts.Skip(1).FirstOrDefault()?.Literal ?? "");
        return $"{name}: {Mask(before)}{value[before.Length..^behind.Length]}{Mask(behind)}";

        static string Mask(string literal) => literal.Length > 0 ? "***" : "";
    }

    /// <summary>A digit for which the message has none of its own is another each time.</summary>
    private static string MaskTrace(string line, Message message)
    {
        if (line.Contains("11111111111111111111111111111111", StringComparison.Ordinal)
            || line.Contains("Root=1-11111111-", StringComparison.Ordinal))
            return line;
        if (!line.Contains("5759e988", StringComparison.Ordinal)) return Digits().Replace(line, digits => new('*', digits.Length));
        if (message.TraceHeader!.Contains("Parent", StringComparison.Ordinal) || line[0] == 'X') return line;

        return string.Concat(line.AsSpan(0, line.Length - 19), "****************", line.AsSpan(line.Length - 3));
    }

    private static string Body(byte[] body)
    {
        if (body.Length == 0) return "";

        var length = Math.Min(body.Length, 1024);
        while (body.Length > 1024 && length > 1021 && body[length] is >= 0x80 and < 0xC0) length--;
        var lines = Encoding.Latin1.GetString(body, 0, length).Split('\n').Select(line => line.Length > 0 ? $"    {line}\n" : "\n");
        var cut = length == body.Length
            ? ""
            : Bytes(string.Create(CultureInfo.InvariantCulture, $"  … the first {length:N0} of {body.Length:N0} bytes\n"));
        return $"\n{string.Concat(lines)}{cut}";
    }

    private Dictionary<string, string> RandomEnvironment(Random random)
    {
        var withDefault = random.Next(3) > 0;
        var defaults = random.Next(2) == 0 ? """ "default":{"type":"bearer","token":"env:TOKEN"}, """ : "";
        defaults += random.Next(2) == 0 ? $$""" "default-sign":{"type":"standard-webhooks","secret":"secretsmanager:{{Arn}}"}, """ : "";
        var routes = new JsonArray(
            [.. Enumerable.Range(0, random.Next(withDefault ? 0 : 1, 5)).Select(index => RandomRoute(random, $"r{index}{RandomText(random)}"))]);
        Dictionary<string, string> environment = new(SecretVariables.Select(secret => KeyValuePair.Create(secret.Name, secret.Value)))
        {
            ["FORWARD_ALLOW_HTTP"] = "true",
            ["FORWARD_ALLOW_LOOPBACK"] = "true",
            ["FORWARD_TIMEOUT"] = "5m",
            ["FORWARD_URL"] = withDefault ? $"{endpoint.Url}hook{Pick(random, "", "?", "?a=lit-1&lit-2&b=", "/ä?k=lit-%20ü")}" : "",
            ["FORWARD_ROUTES"] = routes.Count == 0 ? "" : routes.ToJsonString(),
            ["FORWARD_AUTH"] = $"{{{defaults}{Auth}}}",
            ["FORWARD_HEADERS"] = Pick(random, "sqsd", "none", "cloudevents", "sqsd,cloudevents"),
            ["FORWARD_METHOD"] = Pick(random, "POST", "PUT", "PATCH"),
            ["FORWARD_CONTENT_TYPE"] = Pick(random, "", "text/plain; charset=utf-8"),
            ["FORWARD_USER_AGENT"] = Pick(random, "", "me 100%"),
            ["FORWARD_IDEMPOTENCY_HEADER"] = Pick(random, "", "X-Once", "X-A"),
            ["FORWARD_IDEMPOTENCY_SOURCE"] = Pick(random, "", "deduplicationId", "attribute:tenant", "body:/id"),
            ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = secrets.Url.ToString(),
        };
        return environment;
    }

    private JsonObject RandomRoute(Random random, string name)
    {
        var route = new JsonObject { ["name"] = name };
        if (random.Next(3) > 0)
        {
            route["when"] = JsonNode.Parse(Pick(
                random,
                """{"attribute:type":"order"}""",
                """{"attribute:type":["order","ping"]}""",
                """{"attribute:type":{"prefix":"p"}}""",
                """{"body:/id":{"exists":true}}""",
                """{"not":{"attribute:type":"order"},"body:/kind":"a"}"""));
        }

        if (random.Next(6) == 0)
        {
            route["drop"] = true;
            return route;
        }

        if (random.Next(2) == 0) route["auth"] = Pick(random, "bearer", "basic", "oauth2", "header", "sigv4");
        if (random.Next(2) == 0) route["sign"] = Pick(random, "webhooks", "hmac");
        if (random.Next(3) == 0)
        {
            route["request"] = "message";
            route["allowedHosts"] = new JsonArray(endpoint.Url.Authority);
            route["allowPrivate"] = random.Next(2) == 0;
            if (random.Next(2) == 0) route["url"] = $"{endpoint.Url}tasks/{Pick(random, "", "{attribute:tenant}", "x")}";
            return route;
        }

        var method = Pick(random, "POST", "PUT", "PATCH", "GET", "DELETE");
        route["method"] = method;
        var path = string.Concat(
            Enumerable.Range(0, random.Next(3))
                .Select(_ => $"/{Pick(random, "v1", "{attribute:tenant}", "{body:/id}", "x-{messageId}", "{queue}", "{receiveCount}")}"));
        string[] query =
        [
            .. Enumerable.Range(0, random.Next(4)).Select(_ => Pick(
                random, "a=lit-3", "b={body:/id}", "c=lit-{attribute:tenant}", "d={queue}lit", "lit-5", "{messageId}", "e=", "{queue}=lit")),
        ];
        route["url"] = $"{endpoint.Url.ToString().TrimEnd('/')}{path}{(query.Length > 0 ? "?" + string.Join('&', query) : "")}";
        var headers = Enumerable.Range(0, random.Next(3)).Select(_ => Pick(random, "X-A", "X-Key", "Content-Type", "Accept")).Distinct();
        route["headers"] = new JsonObject(headers.Select(header =>
            KeyValuePair.Create<string, JsonNode?>(header, Pick(random, "plain", "<{attribute:tenant}>", "{body:/id}", "100% {{x}}", "{groupId}"))));
        if (method is not ("GET" or "DELETE") && random.Next(2) == 0)
            route["body"] = JsonNode.Parse(
                Pick(
                    random,
                    "\"{body:}\"",
                    "\"<{attribute:tenant}>\\n\\u0007{messageId}\"",
                    """{"id":"{body:/id}","é":["x{messageId}",1.50]}""",
                    "[]",
                    "\"\""));
        return route;
    }

    private byte[] RandomEvent(Random random)
    {
        var fifo = random.Next(2) == 0 ? ".fifo" : "";
        var messages = Enumerable.Range(0, random.Next(1, 6)).Select(index =>
        {
            var attributes = new JsonObject { ["tenant"] = Text(RandomText(random)), ["type"] = Text(Pick(random, "order", "ping", "other")) };
            if (random.Next(4) == 0)
                attributes["traceparent"] = Text(Pick(random, "00-11111111111111111111111111111111-2222222222222222-01", "nonsense"));
            if (random.Next(6) == 0) attributes["ForwardFailure"] = Text("""{"messageId":"first"}""");
            if (random.Next(6) == 0) attributes["ExtendedPayloadSize"] = new JsonObject { ["stringValue"] = "7", ["dataType"] = "Number" };
            if (random.Next(6) == 0) attributes["blob"] = new JsonObject { ["binaryValue"] = "MTEwMA==", ["dataType"] = "Binary" };
            var message = new JsonObject
            {
                ["messageId"] = $"m{index}{(random.Next(3) == 0 ? RandomText(random) : "")}",
                ["body"] = random.Next(30) == 0 ? 7 : RandomBody(random),
                ["attributes"] = new JsonObject { ["ApproximateReceiveCount"] = "2", ["ApproximateFirstReceiveTimestamp"] = "1545082649185" },
                ["messageAttributes"] = attributes,
                ["eventSourceARN"] = $"arn:aws:sqs:us-east-1:123456789012:orders{fifo}",
            };
            if (random.Next(4) > 0) message["attributes"]!["MessageGroupId"] = Pick(random, "a", "b", "ü \"c\"");
            if (random.Next(2) == 0) message["attributes"]!["MessageDeduplicationId"] = RandomText(random);
            if (random.Next(2) == 0)
                message["attributes"]!["AWSTraceHeader"] = Pick(
                    random,
                    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
                    "Root=1-5759e988-bd862e3fe1be46a994272793",
                    "nonsense");
            return (JsonNode)message;
        });
        var json = JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["Records"] = new JsonArray([.. messages]) });

        // What no text can hold: bytes that are not UTF-8, and half a surrogate pair.
        var broken = Encoding.Latin1.GetString(json)
            .Replace("BYTES", "\u00c3(\u00ff\u0080", StringComparison.Ordinal)
            .Replace("HALF", "\\ud83d", StringComparison.Ordinal);
        return [.. Encoding.Latin1.GetBytes(broken)];

        static JsonObject Text(string value) => new() { ["stringValue"] = value, ["dataType"] = "String" };
    }

    private string RandomBody(Random random) => random.Next(12) switch
    {
        0 => "",
        1 => "[\"software.amazon.payloadoffloading.PayloadS3Pointer\",{\"s3BucketName\":\"b\",\"s3Key\":\"k\"}]",
        2 => $"{RandomText(random)}\r\n\n\\x41 \\n\u001b[2J\u202e\t{RandomText(random)}\n",
        3 => $"<{new string('x', random.Next(1000))}BYTES>",
        4 => random.Next(4) == 0 ? "HALF" : "{}",
        5 => string.Concat(Enumerable.Range(0, random.Next(250, 700)).Select(_ => RandomRune(random))),
        6 => new string('y', random.Next(1020, 1030)) + Pick(random, "", "é", "☃", "😀") + new string('z', random.Next(4000)),
        7 or 8 or 9 => RandomDescription(random),
        _ => new JsonObject
        {
            ["id"] = Pick(random, "7", "a/b", "", RandomText(random)),
            ["kind"] = Pick(random, "a", "b"),
            ["text"] = RandomText(random),
        }.ToJsonString(),
    };

    /// <summary>Of a request, as a route whose messages describe theirs takes it; now and then with something that it refuses.</summary>
    private string RandomDescription(Random random)
    {
        var request = new JsonObject { ["method"] = Pick(random, "POST", "PUT", "PATCH", "GET", "DELETE") };
        if (random.Next(2) == 0) request["url"] = $"{endpoint.Url}{Pick(random, "", "a%20b?c=1", "x/y", "?q", "../up")}";
        else request["path"] = Pick(random, "/v1", "/a%C3%A9?b=c", "/", "//elsewhere");
        if (random.Next(2) == 0)
            request["query"] = new JsonObject
            {
                [Pick(random, "q", "ä", "")] = RandomText(random),
                ["list"] = new JsonArray("1", RandomText(random)),
            };
        if (random.Next(2) == 0)
            request["headers"] = new JsonObject
            {
                [Pick(random, "X-Tenant", "Accept", "Content-Type", "Host")] = Pick(random, "plain", "100% ü", "a\r\nb"),
            };
        if (request["method"]!.GetValue<string>() is not ("GET" or "DELETE") && random.Next(4) > 0)
            request["body"] = JsonNode.Parse(Pick(random, "\"text\"", "{\"a\": [1,  2.50]}", "null", "\"\\u001b[2J\""));
        return request.ToJsonString();
    }

    private static string RandomText(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => RandomRune(random)));

    private static string RandomRune(Random random)
    {
        const string Sharp = "./\\%?#&=@:;\r\n\t\0 \"'{}<>*x\u202e\u0085";
        return random.Next(2) == 0 ? Pick(random, [.. Sharp.Select(each => each.ToString())])
            : new Rune(random.Next(2) == 0 ? random.Next(0x20, 0xD800) : random.Next(0xE000, 0x10FFFF)).ToString();
    }

    private static string Pick(Random random, params string[] texts) => texts[random.Next(texts.Length)];

    [GeneratedRegex(@"\\x([0-9A-F]{2})")]
    private static partial Regex Escape();

    /// <summary>The value that a literal is in.</summary>
    [GeneratedRegex(@"(?<=^|=)[^=]*lit[^=]*$")]
    private static partial Regex Literal();

    /// <summary>Those of the invocation's trace.</summary>
    [GeneratedRegex(
        "(?<=-)[0-9a-f]{32}(?=-)|(?<=-)[0-9a-f]{8}(?=-)|(?<=-)[0-9a-f]{24}(?=;)|(?<=Parent=|-)[0-9a-f]{16}(?=-|;)|(?<=-0)[01]$|(?<=Sampled=)[01]")]
    private static partial Regex Digits();
}
