using System.Globalization;
using SqsAotLambda.Sqs;

namespace SqsAotLambda.Forwarding;

/// <summary>Makes the request that carries a message: the body as it is, what is known of the message in headers.</summary>
internal sealed class RequestBuilder(Settings settings, Random random)
{
    public HttpRequestMessage Build(Message message)
    {
        var content = new ReadOnlyMemoryContent(message.Body);
        content.Headers.TryAddWithoutValidation("Content-Type", settings.ContentType);

        var request = new HttpRequestMessage(settings.Method, settings.Url) { Content = content };
        Add(request, "User-Agent", settings.UserAgent);
        Add(request, settings.IdempotencyHeader, settings.IdempotencySource.KeyOf(message));
        AddTrace(request, message);
        if (settings.SqsdHeaders) AddSqsd(request, message);
        return request;
    }

    private void AddTrace(HttpRequestMessage request, Message message)
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
    private static void AddSqsd(HttpRequestMessage request, Message message)
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

    private static void Add(HttpRequestMessage request, string name, string value) =>
        request.Headers.TryAddWithoutValidation(name, HeaderText.Encode(value));
}
