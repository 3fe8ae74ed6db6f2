using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SqsAotLambda.Local;

/// <summary>Where a sample message goes.</summary>
internal enum SampleRoute
{
    /// <summary>To a URL and in a body made of the message's values.</summary>
    Orders = 0,

    /// <summary>As it is.</summary>
    Invoices,

    /// <summary>As it is, and signed.</summary>
    Webhooks,

    /// <summary>No route takes it: to <c>FORWARD_URL</c>.</summary>
    Others,
}

/// <summary>The routes of the sample messages: what the function is told of them, and what must then arrive.</summary>
internal sealed class SampleRoutes
{
    private const string WebhooksPath = "/webhooks";
    private const string SecretArn = "arn:aws:ssm:us-east-1:000000000000:parameter/samples/webhook-secret";

    /// <summary>With one of these the user has other routes, of which the runner knows nothing.</summary>
    private static readonly string[] Replacing = ["FORWARD_ROUTES", "FORWARD_ROUTES_FILE", "FORWARD_AUTH"];

    /// <summary>Of this run alone.</summary>
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    private readonly WebhookVerifier verifier;

    public SampleRoutes(TimeProvider time) => verifier = new WebhookVerifier(key, time);

    /// <summary>null when the samples go elsewhere: to an endpoint, or by routes, of the user's own, or all to <c>FORWARD_URL</c>.</summary>
    public static SampleRoutes? Of(Settings settings, TimeProvider time) =>
        AreKnown(settings) && !settings.IsOneRoute ? new SampleRoutes(time) : null;

    /// <summary>Whether the runner knows where each sample goes.</summary>
    public static bool AreKnown(Settings settings) => settings.Url is null && !Replacing.Any(settings.Variables.ContainsKey);

    /// <summary>The attribute <c>type</c> of a sample; null: it has none.</summary>
    public static string? TypeOf(SampleRoute route) => route switch
    {
        SampleRoute.Orders => "order",
        SampleRoute.Invoices => "invoice",
        SampleRoute.Webhooks => "webhook",
        _ => null,
    };

    /// <summary>What Parameter Store keeps for the function, by ARN.</summary>
    public IReadOnlyDictionary<string, string> Parameters => new Dictionary<string, string> { [SecretArn] = $"whsec_{Convert.ToBase64String(key)}" };

    /// <summary>Variables of the function.</summary>
    /// <param name="endpoint">The address of the built-in endpoint.</param>
    /// <param name="parameterStore">Where the parameters are.</param>
    public static IReadOnlyDictionary<string, string> Variables(Uri endpoint, Uri parameterStore) => new Dictionary<string, string>
    {
        ["FORWARD_ROUTES"] = $$"""
            [
              {
                "name": "orders", "when": { "attribute:type": "order" },
                "url": "{{endpoint}}orders/{body:/sample}?message={messageId}", "method": "PUT",
                "body": {"order":"{body:/sample}","message":"{messageId}","data":"{body:}"}
              },
              { "name": "invoices", "when": { "attribute:type": "invoice" }, "url": "{{endpoint}}invoices" },
              { "name": "webhooks", "when": { "attribute:type": "webhook" }, "url": "{{new Uri(endpoint, WebhooksPath)}}", "sign": "webhooks" }
            ]
            """,
        ["FORWARD_AUTH"] = $$"""{ "webhooks": { "type": "standard-webhooks", "secret": "ssm:{{SecretArn}}" } }""",
        ["AWS_ENDPOINT_URL_SSM"] = parameterStore.ToString(),
    };

    /// <summary>Whether the signature of a request is right; null where none is due.</summary>
    public bool? Verify(string target, IHeaderDictionary headers, byte[] body) => target == WebhooksPath
        ? verifier.Verifies(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], body)
        : null;

    /// <summary>In what a request differs from what its message's route makes of it; null when in nothing.</summary>
    /// <param name="id">Of the message.</param>
    public static string? FaultOf(Arrival arrival, Sample sample, string id)
    {
        var (target, body) = sample.Route switch
        {
            SampleRoute.Orders => (
                $"/orders/{sample.Number}?message={id}", $$"""{"order":{{sample.Number}},"message":"{{id}}","data":{{sample.Body}}}"""),
            SampleRoute.Invoices => ("/invoices", sample.Body),
            SampleRoute.Webhooks => (WebhooksPath, sample.Body),
            _ => ("/", sample.Body),
        };
        if (arrival.Target != target) return $"{id} arrived at {arrival.Target}, and not at {target}";
        if (sample.Route is SampleRoute.Orders && arrival.Method != "PUT") return $"{id} arrived by {arrival.Method}, and not by PUT";

        return arrival.Body.AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(body)) ? null : $"the body of {id} arrived changed";
    }
}
