using System.Globalization;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>Makes the request that carries a message: its body, as it is or as the route says, and what is known of it in headers.</summary>
internal sealed class RequestBuilder(Settings settings, Random random)
{
    /// <summary>In characters, of a header made of a message: what common servers take at most.</summary>
    public const int MaxHeader = 8000;

    /// <summary>Null when the message lacks what the route needs, or describes a request that may not be made.</summary>
    /// <param name="fault">What it lacks, or what is wrong with it.</param>
    public Request? Build(Route route, Message message, out string? fault)
    {
        if (route.MessageRule is { } rule) return BuildDescribed(route, rule, message, out fault);

        var body = message.Body;
        if (!route.Url!.TryFill(message, out var url, out fault)) return null;
        if (route.Body is not null && !route.Body.TryFill(message, out body, out fault)) return null;

        var request = new Request(route.Method, url, route.HasBody ? body : default(ReadOnlyMemory<byte>?));
        if (route.HasBody) request.Add("Content-Type", settings.ContentType);
        return TryAddHeaders(request, route, message, out fault) ? request : null;
    }

    private Request? BuildDescribed(Route route, MessageRule rule, Message message, out string? fault)
    {
        Uri? own = null;
        if (!MessageRequest.TryRead(message.Body, out var described, out fault)) return null;
        if (described.Url is null && route.Url is not null && !route.Url.TryFill(message, out own, out fault)) return null;
        if (!rule.TryMakeUrl(described, own, out var url, out fault)) return null;

        var method = described.Method ?? route.Method;
        var hasBody = Route.CarriesBody(method);
        if (!hasBody && described.Body is not null)
        {
            fault = $"there is a body, which {method} does not send";
            return null;
        }

        var request = new Request(method, url, hasBody ? described.Body.GetValueOrDefault() : default(ReadOnlyMemory<byte>?));
        if (described.Body is not null) request.Add("Content-Type", settings.ContentType);
        return TryAddHeaders(request, route, message, out fault) && TryAddDescribed(request, rule, described, out fault) ? request : null;
    }

    /// <summary>After all others: none of them is the message's to set, but for Content-Type.</summary>
    private bool TryAddDescribed(Request request, MessageRule rule, MessageRequest described, out string? fault)
    {
        foreach (var (name, value) in described.Headers)
        {
            if (!rule.MaySet(name) || (HasAlike(request, name) && !HeaderNames.IsContentType(name)))
            {
                fault = $"the header {name} is not one that a message may set";
                return false;
            }

            if (settings.Headers.CloudEvents && HeaderNames.IsContentType(name) && CloudEvent.IsInBody(value))
            {
                fault = "the Content-Type makes the body a CloudEvent of its own";
                return false;
            }

            request.Set(name, value);
        }

        fault = null;
        return true;
    }

    private static bool HasAlike(Request request, string name)
    {
        foreach (var header in request.Headers)
        {
            if (HeaderNames.AreAlike(header.Name, name)) return true;
        }

        return false;
    }

    private bool TryAddHeaders(Request request, Route route, Message message, out string? fault)
    {
        Add(request, "User-Agent", settings.UserAgent);
        Add(request, settings.IdempotencyHeader, settings.IdempotencySource.KeyOf(message));
        AddTrace(request, message);
        if (settings.Headers.Sqsd) AddSqsd(request, message);
        if (settings.Headers.CloudEvents) CloudEvent.Add(request, message, settings.CloudEventsType);
        foreach (var header in route.Headers)
        {
            if (!AddFilled(request, header, message, out fault)) return false;
        }

        fault = null;
        return true;
    }

    private static bool AddFilled(Request request, HeaderTemplate header, Message message, out string? fault)
    {
        var value = "";
        foreach (var (literal, expression) in header.Value.Parts)
        {
            var text = expression is null ? "" : expression.TextOf(message);
            value += literal + header.Encode(text is { Length: <= MaxHeader } ? text : "");
            fault = text is null ? $"{{{expression!.Text}}} is missing"
                : text.Length > MaxHeader || value.Length > MaxHeader ? $"{{{expression?.Text}}} makes the header {header.Name} longer than {MaxHeader} characters"
                : null;
            if (fault is not null) return false;
        }

        fault = null;
        request.Set(header.Name, value);
        return true;
    }

    private void AddTrace(Request request, Message message)
    {
        if (TraceContext.Of(message, random) is not { } trace) return;

        Add(request, "traceparent", trace.TraceParent);
        if (trace.TraceState is { } state) Add(request, "tracestate", state);
        Add(request, "X-Amzn-Trace-Id", trace.XRay);
    }

    /// <summary>
    /// The headers of the Elastic Beanstalk worker daemon:
    /// <see href="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features-managing-env-tiers.html"/>.
    /// </summary>
    private static void AddSqsd(Request request, Message message)
    {
        Add(request, "X-Aws-Sqsd-Msgid", message.Id);
        if (message.Queue.Name is { Length: > 0 } queue) Add(request, "X-Aws-Sqsd-Queue", queue);
        if (message.FirstReceivedAt is { } at)
            Add(request, "X-Aws-Sqsd-First-Received-At", at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (message.ReceiveCount is { } count)
            Add(request, "X-Aws-Sqsd-Receive-Count", count.ToString(CultureInfo.InvariantCulture));
        foreach (var attribute in message.Attributes)
        {
            if (attribute.Text is { } text && attribute.Name != DeadLetter.AttributeName) Add(request, $"X-Aws-Sqsd-Attr-{attribute.Name}", text);
        }
    }

    private static void Add(Request request, string name, string value) =>
        request.Add(name, HeaderText.Encode(value));
}
