using System.Globalization;
using SqsAotLambda.Http;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Requests;

/// <summary>Makes the request that carries a message: its body, as it is or as the route says, and what is known of it in headers.</summary>
internal sealed class RequestBuilder(RequestSettings settings, Random random)
{
    private const string EventInBody = "the Content-Type makes the body a CloudEvent of its own";

    private const string AttributePrefix = "X-Aws-Sqsd-Attr-";

    private readonly HeaderLimit limit = settings.Limit;
    private readonly string userAgent = HeaderText.Encode(settings.UserAgent);

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
        fault = AddHeaders(request, route, message) ?? limit.Shorten(request);
        return fault is null ? request : null;
    }

    /// <summary>Where the request goes that a message describes; null when its route says that, or there is none.</summary>
    public Origin? OriginOf(Route route, Message message) =>
        route.MessageRule is { Hosts.IsEmpty: false } rule
        && MessageRequest.TryRead(message.Body, limit, out var described, out _)
        && described.Url is not null
        && rule.TryMakeUrl(described, own: null, out var url, out _) ? Origin.Of(url) : null;

    private Request? BuildDescribed(Route route, MessageRule rule, Message message, out string? fault)
    {
        Uri? own = null;
        if (!MessageRequest.TryRead(message.Body, limit, out var described, out fault)) return null;
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
        fault = AddHeaders(request, route, message) ?? AddDescribed(request, rule, described) ?? limit.Shorten(request);
        return fault is null ? request : null;
    }

    /// <summary>After all others: none of them is the message's to set, but for Content-Type.</summary>
    /// <returns>What is wrong with them; null: nothing.</returns>
    private string? AddDescribed(Request request, MessageRule rule, MessageRequest described)
    {
        foreach (var (name, value) in described.Headers)
        {
            var refused = $"the header {name} is not one that a message may set";
            if (!rule.MaySet(name) || (HasAlike(request, name) && !HeaderNames.IsContentType(name))) return refused;
            if (!rule.Headers.Allow(name)) return $"{refused}; the route's allowedHeaders can allow it";
            if (IsEventInBody(name, value)) return EventInBody;

            request.Set(name, value);
        }

        return null;
    }

    private static bool HasAlike(Request request, string name)
    {
        foreach (var header in request.Headers)
        {
            if (HeaderNames.AreAlike(header.Name, name)) return true;
        }

        return false;
    }

    /// <returns>What the message lacks for them, or has too much of; null: nothing.</returns>
    private string? AddHeaders(Request request, Route route, Message message)
    {
        request.Add("User-Agent", userAgent);
        if (AddKey(request, message) is { } keyFault) return keyFault;
        AddTrace(request, message);
        if (settings.Headers.Sqsd) AddSqsd(request, message);
        if (settings.Headers.CloudEvents && CloudEvent.Add(request, message, settings.CloudEventsType, limit) is { } eventFault) return eventFault;
        foreach (var header in route.Headers)
        {
            if (AddFilled(request, header, message) is { } fault) return fault;
        }

        return null;
    }

    private string? AddKey(Request request, Message message)
    {
        var (name, source) = (settings.IdempotencyHeader, settings.IdempotencySource);
        return limit.Add(request, name, source.IsLonger(message, limit.Max) ? null : source.KeyOf(message));
    }

    private string? AddFilled(Request request, HeaderTemplate header, Message message)
    {
        var (name, template) = header;
        var value = "";
        foreach (var (literal, expression) in template.Parts)
        {
            value += literal;
            if (expression is null) continue;

            var encoded = "";
            var isLonger = expression.IsLonger(message, limit.Max);
            if (!isLonger)
            {
                if (expression.TextOf(message) is not { } text) return $"{{{expression.Text}}} is missing";

                encoded = HeaderNames.TryEncode(name, text, limit.Max);
            }

            value += encoded;
            if (isLonger || encoded is null || !limit.Allows(name, value))
                return $"{{{expression.Text}}} makes the header {name} longer than {limit}";
        }

        if (!limit.Allows(name, value)) return limit.FaultOf(name);
        if (IsEventInBody(name, value)) return EventInBody;

        request.Set(name, value);
        return null;
    }

    private bool IsEventInBody(string name, string value) =>
        settings.Headers.CloudEvents && HeaderNames.IsContentType(name) && CloudEvent.IsInBody(value);

    private void AddTrace(Request request, Message message)
    {
        if (TraceContext.Of(message, random) is not { } trace) return;

        request.AddOptional("traceparent", trace.TraceParent);
        if (trace.TraceState is { } state) limit.Repeat(request, "tracestate", state);
        request.AddOptional("X-Amzn-Trace-Id", trace.XRay);
    }

    /// <summary>
    /// The headers of the Elastic Beanstalk worker daemon:
    /// <see href="https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/using-features-managing-env-tiers.html"/>.
    /// </summary>
    private void AddSqsd(Request request, Message message)
    {
        limit.Repeat(request, "X-Aws-Sqsd-Msgid", message.Id);
        if (message.Queue.Name is { Length: > 0 } queue) limit.Repeat(request, "X-Aws-Sqsd-Queue", queue);
        if (message.FirstReceivedAt is { } at)
            limit.Repeat(request, "X-Aws-Sqsd-First-Received-At", at.ToString("s", CultureInfo.InvariantCulture) + "Z");
        if (message.ReceiveCount is { } count) limit.Repeat(request, "X-Aws-Sqsd-Receive-Count", count.ToString(CultureInfo.InvariantCulture));
        foreach (var attribute in message.Attributes)
        {
            if (attribute.Text is { } text && attribute.Name != DeadLetter.AttributeName) AddAttribute(request, attribute.Name, text);
        }
    }

    private void AddAttribute(Request request, string name, string text)
    {
        // SQS takes no other names; an event of someone else may hold a name as long as a message.
        if (name.Length <= limit.Max && HeaderText.IsToken(name)) limit.Repeat(request, AttributePrefix + name, text);
        else request.LeaveOut(AttributePrefix + name[..Math.Min(name.Length, limit.Max)]);
    }
}
