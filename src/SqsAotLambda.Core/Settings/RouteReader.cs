using System.Text.Json;
using SqsAotLambda.Credentials;
using SqsAotLambda.Http;
using SqsAotLambda.Reading;
using SqsAotLambda.Requests;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Settings;

/// <summary>Reads the routes from their JSON; faults go to where the settings' faults go.</summary>
/// <param name="otherwise">What a route does not say is as it is here.</param>
/// <param name="keyHeader">The header with the idempotency key.</param>
internal sealed class RouteReader(Variables settings, Route otherwise, AuthEntries auth, UrlRule urls, string keyHeader)
{
    private const int MaxRoutes = 1000;

    /// <param name="setting">The name of the setting they are from.</param>
    public IReadOnlyList<Route> Read(JsonElement json, string setting)
    {
        if (json.ValueKind is not JsonValueKind.Array || json.GetArrayLength() is 0 or > MaxRoutes)
        {
            settings.Fault($"{setting} is not a JSON array of 1 to {MaxRoutes} routes.");
            return [];
        }

        var routes = new List<Route>();
        foreach (var route in json.EnumerateArray()) routes.Add(Read(route, setting, routes.Count));
        foreach (var twice in routes.GroupBy(route => route.Name).Where(group => group.Count() > 1))
            settings.Fault($"{setting} has {twice.Count()} routes named {twice.Key}.");
        return routes;
    }

    private Route Read(JsonElement json, string setting, int index)
    {
        var name = json.ValueKind is JsonValueKind.Object && json.TryGetProperty("name", out var given) && given.ValueKind is JsonValueKind.String
            ? given.GetString()!
            : $"{index}";
        var read = settings.Object(json, $"{setting}: route {name}");
        read.Text("name");
        var drop = read.Flag("drop");
        var described = read.Parsed("request", "message, or is left out", text => text == "message" ? text : null) is not null;
        read.ReadLater("allowedHosts", "allowedHeaders");
        var allowPrivate = read.Flag("allowPrivate");
        var rule = described && !allowPrivate ? urls.WithoutPrivate : urls;
        var url = read.Parsed(
            "url",
            $"{urls.Allowed}, with expressions in path and query only, and at no address that is refused",
            text => UrlTemplate.TryParse(text, rule));
        if (drop == (read.Member("url") is not null || read.Member("request") is not null))
            read.Fault("""needs either a url, "request": "message" or "drop": true""");

        var route = ReadRequest(read) with { Name = name, Url = drop ? null : url };
        if (described)
        {
            var proofs = auth.HeadersOf(route.Auth, route.Sign);
            var taken = (string[])[keyHeader, .. proofs, .. route.Headers.Select(header => header.Name)];
            var headers = ReadAllowedHeaders(read, taken);
            route = route with { MessageRule = new(ReadHosts(read, rule), headers, rule, allowPrivate, proofs) };
        }
        else if (!route.HasBody && route.Body is not null)
            read.Fault($"has a body, which {route.Method} does not send");
        RefuseContradictions(read, route);
        read.RefuseUnknown();
        return route;
    }

    /// <summary>When a route takes a message, and what its request is but for where it goes.</summary>
    private Route ReadRequest(Members read)
    {
        var method = read.Parsed("method", string.Join(", ", Route.Methods), text => Route.Methods.Contains(text) ? text : null);
        return otherwise with
        {
            When = ReadCondition(read, "when"),
            Method = method ?? otherwise.Method,
            Headers = ReadHeaders(read),
            Body = ReadBody(read),
            Timeout = read.OptionalDuration("timeout", min: "1ms", max: "15m") ?? otherwise.Timeout,
            Resend = read.OptionalFlag("resend") ?? otherwise.Resend,
            Auth = read.Parsed("auth", "the name of a credential in FORWARD_AUTH", entry => auth.HasCredential(entry) ? entry : null),
            Sign = read.Parsed("sign", "the name of a signature in FORWARD_AUTH", entry => auth.HasSignature(entry) ? entry : null),
            Statuses = new(
                ReadStatuses(read, "successOn") ?? otherwise.Statuses.Success,
                ReadStatuses(read, "retryOn") ?? otherwise.Statuses.Retry,
                ReadStatuses(read, "rejectOn") ?? otherwise.Statuses.Reject)
            {
                HeedsDisposition = read.OptionalFlag("disposition") ?? otherwise.Statuses.HeedsDisposition,
            },
        };
    }

    /// <summary>Of a route whose messages describe their requests, and of one whose messages don't.</summary>
    private static void RefuseContradictions(Members read, Route route)
    {
        if (read.Member("request") is null)
        {
            foreach (var name in (string[])["allowedHosts", "allowedHeaders", "allowPrivate"])
            {
                if (read.Member(name) is not null) read.Fault($"""has {name}, which is for "request": "message" only""");
            }
        }

        if (route.MessageRule is null) return;

        if (read.Member("url") is null && read.Member("allowedHosts") is null)
            read.Fault("has neither a url nor allowedHosts, and so nowhere that its messages may go");
        if (read.Member("body") is not null) read.Fault("has a body, which its messages describe");
        if (route.Url is { HasQuery: true }) read.Fault("has a url with a query, which its messages describe");
    }

    private static AllowedHosts ReadHosts(Members read, UrlRule urls)
    {
        var hosts = new List<string>();
        foreach (var text in read.List("allowedHosts", AllowedHosts.Max))
        {
            var host = AllowedHosts.TryParse(text);
            if (host is null) read.Fault($"has in allowedHosts something other than {AllowedHosts.Allowed}");
            else if (urls.FaultsOf(new($"https://{host}/")).FirstOrDefault() is { } fault) read.Fault($"has in allowedHosts {host}, which {fault}");
            else if (hosts.Contains(host)) read.Fault($"has in allowedHosts {host} twice");
            else hosts.Add(host);
        }

        return new(hosts);
    }

    /// <param name="taken">Names of headers that every request of the route has.</param>
    private static AllowedHeaders ReadAllowedHeaders(Members read, string[] taken)
    {
        var headers = new List<string>();
        foreach (var text in read.List("allowedHeaders", AllowedHeaders.Max))
        {
            if (!AllowedHeaders.IsAllowed(text)) read.Fault($"has in allowedHeaders something other than {AllowedHeaders.Allowed}");
            else if (!AllowedHeaders.MayBe(text, taken))
                read.Fault($"has in allowedHeaders {text}, which no message may set, because others write it or believe what it says");
            else if (headers.Contains(text, StringComparer.OrdinalIgnoreCase)) read.Fault($"has in allowedHeaders {text} twice");
            else headers.Add(text);
        }

        return new(headers);
    }

    private static Condition ReadCondition(Members read, string name)
    {
        if (read.Member(name) is not { } when) return Condition.Always;
        if (when.ValueKind is JsonValueKind.Object) return ReadAll(read, name, when);

        read.Fault($"has a {name} that is not a JSON object");
        return Condition.Always;
    }

    private static Condition ReadAll(Members read, string name, JsonElement when)
    {
        var all = new List<Condition>();
        foreach (var member in when.EnumerateObject())
        {
            if (ReadCondition(read, name, member) is { } condition) all.Add(condition);
        }

        return new(message => Hold(all, message), when.GetRawText());
    }

    private static bool Hold(List<Condition> all, Message message)
    {
        foreach (var condition in all)
        {
            if (!condition.Holds(message)) return false;
        }

        return true;
    }

    private static Condition? ReadCondition(Members read, string name, JsonProperty member)
    {
        if (member is { Name: "not", Value.ValueKind: JsonValueKind.Object } && ReadAll(read, name, member.Value) is var not)
            return new(message => !not.Holds(message));

        var expression = member.Name.Contains(':') ? Expression.TryParse(member.Name) : null;
        var condition = expression is null ? null : Condition.TryParse(expression, member.Value);
        if (expression is null) read.Fault($"has a condition {member.Name} in {name}; it takes attribute:NAME, body:/json/pointer and not");
        else if (condition is null) read.Fault($"has for {member.Name} in {name} something other than {Condition.Allowed}");
        return condition;
    }

    private static List<HeaderTemplate> ReadHeaders(Members read)
    {
        var headers = new List<HeaderTemplate>();
        foreach (var member in read.Entries("headers"))
        {
            var value = member.Value.ValueKind is JsonValueKind.String ? Template.TryParse(member.Value.GetString()!) : null;
            if (member.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)) read.Fault("has a header Authorization, which auth is for");
            else if (!HeaderNames.IsFreeForRoute(member.Name))
                read.Fault($"has a header {member.Name}, which is none or is written by the function itself");
            else if (value is null || value.Parts.Any(part => part.Literal.AsSpan().ContainsAnyExceptInRange(' ', '~')))
                read.Fault($"has for the header {member.Name} something other than {Template.Allowed}, in printable ASCII");
            else headers.Add(new(member.Name, value));
        }

        return headers;
    }

    private static BodyTemplate? ReadBody(Members read)
    {
        if (read.Member("body") is not { } json) return null;

        var body = BodyTemplate.TryParse(json);
        if (body is null) read.Fault($"has in its body something other than {Template.Allowed}");
        return body;
    }

    private static StatusSet? ReadStatuses(Members read, string name) => read.Parsed(name, StatusSet.Allowed, StatusSet.TryParse);
}
