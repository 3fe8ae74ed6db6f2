using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SqsAotLambda.Credentials;
using SqsAotLambda.Forwarding;
using SqsAotLambda.Requests;
using SqsAotLambda.Settings;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Tests.Support;

/// <summary>How <c>bootstrap explain</c> should show a message, given what its endpoint received: bytes, one a character.</summary>
internal sealed partial class Explanation(FunctionSettings settings)
{
    /// <summary>Of the entries of <see cref="AnyEnvironment"/>.</summary>
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

    /// <param name="received">Null: nothing was sent.</param>
    public string Of(Message message, IReadOnlyList<Message> all, Delivery delivery, StubRequest? received) => About(message, all, delivery)
        + (received is not null ? Request(received, message, delivery.Endpoint!.Route)
            : Bytes($"  outcome   {delivery.Outcome}{(delivery.Reason is null ? "" : $": {delivery.Reason}")}\n"));

    public static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string About(Message message, IReadOnlyList<Message> all, Delivery delivery)
    {
        var group = all.Where(other => other.Queue == message.Queue && other.GroupId == message.GroupId).ToList();
        var lane = !message.Queue.Arn.EndsWith(".fifo", StringComparison.Ordinal) ? "its own"
            : $"{(message.GroupId is null ? "no group" : $"group \"{message.GroupId}\"")}, {group.IndexOf(message) + 1} of {group.Count}";
        var url = delivery.Endpoint is { Url.Length: > 0 } endpoint ? $"  endpoint  {endpoint.Url}\n" : "";
        return Bytes(
            $"message {message.Id} ({message.Position + 1} of {all.Count})\n  route     {delivery.Endpoint?.Route.Name ?? "none"}\n{url}  lane     "
                + $" {lane}\n");
    }

    private string Request(StubRequest received, Message message, Route route)
    {
        string[] masked = [.. new[] { route.Auth, route.Sign }.OfType<string>().SelectMany(name => HeadersOf[NameOf(name)])];
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

        var idempotency = $"{settings.Requests.IdempotencyHeader}: ";
        var key = lines.First(line => line.StartsWith(idempotency, StringComparison.OrdinalIgnoreCase))[idempotency.Length..];
        return $"  key       {key}\n{LeftOut(message)}\n{string.Concat(lines.Select(line => $"    {line}\n"))}{Body(received.Body)}";
    }

    /// <summary>What no CloudEvent may have; nothing else of this test's messages is left out.</summary>
    private string LeftOut(Message message)
    {
        string[] names = settings.Requests.Headers.CloudEvents
            ? [.. message.Attributes.Where(each => each.Text?.Any(IsForbidden) is true).Select(each => $"ce-{each.Name}")]
            : [];
        return names.Length == 0 ? ""
            : $"  left out  {string.Join(", ", names)}: too long (FORWARD_MAX_HEADER), no name of a header, or no text of a CloudEvent\n";

        static bool IsForbidden(char sign) => char.IsControl(sign) || sign is '\ufffe' or '\uffff' or (>= '\ufdd0' and <= '\ufdef');
    }

    /// <summary>default and default-sign are one of the others each.</summary>
    private string NameOf(string entry)
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
    private static string MaskLiterals(string line, Template template)
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

    /// <summary>The value that a literal is in.</summary>
    [GeneratedRegex(@"(?<=^|=)[^=]*lit[^=]*$")]
    private static partial Regex Literal();

    /// <summary>Those of the invocation's trace.</summary>
    [GeneratedRegex(
        "(?<=-)[0-9a-f]{32}(?=-)|(?<=-)[0-9a-f]{8}(?=-)|(?<=-)[0-9a-f]{24}(?=;)|(?<=Parent=|-)[0-9a-f]{16}(?=-|;)|(?<=-0)[01]$|(?<=Sampled=)[01]")]
    private static partial Regex Digits();
}
